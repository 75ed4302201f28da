#pragma once

#include "odbc_columns.hpp"
#include "odbc_session.hpp"
#include "statement.hpp"
#include "syncline/connector.hpp"
#include "table.hpp"

#include <functional>
#include <string>
#include <vector>

namespace sql {

/// Asks the source and its catalogue, after a write was refused.
struct OdbcQuestions {
    std::function<OdbcAnswer()> unique_indexes;
    std::function<OdbcAnswer()> references;
    /// SELECT the first columns FROM a table WHERE the others, by name, have these values.
    std::function<OdbcAnswer(
        const std::string& schema,
        const std::string& table,
        const std::vector<std::string>& columns,
        const std::vector<Bound>& values
    )>
        rows;
};

/// Says more of a refusal than a driver does, whose states tell no unique value from another
/// constraint, and no column: looks which value cannot be in the table.
void explain_refusal(
    syncline::sdk::Failure& refusal,
    const OdbcError& error,
    const Statement& statement,
    const Table& table,
    const std::vector<OdbcColumn>& columns,
    const OdbcQuestions& questions
);

}  // namespace sql
