#include "sandbox/rt_search.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace syncline::sandbox {
namespace {

bool is_in(std::span<const std::string_view> names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

struct Comparison {
    std::string sql;
    std::string value;
};

std::optional<Comparison> comparison(const RtLimit& limit) {
    static constexpr std::array<std::string_view, 6> kPlain{"=", "!=", "<", "<=", ">", ">="};
    const std::string name = ascii_lower(limit.comparison);
    if (is_in(kPlain, name)) return Comparison{name, limit.value};
    if (name == "like") return Comparison{"LIKE", "%" + limit.value + "%"};
    if (name == "not like") return Comparison{"NOT LIKE", "%" + limit.value + "%"};
    if (name == "startswith") return Comparison{"LIKE", limit.value + "%"};
    if (name == "endswith") return Comparison{"LIKE", "%" + limit.value};
    return std::nullopt;
}

}  // namespace

RtSql translate(const RtSearch& search, const RtSearchable& collection) {
    RtSql result;
    std::map<std::string, std::string> by_field;
    std::map<std::string, std::vector<std::string>> values;
    for (const RtLimit& limit : search.limits) {
        if (!is_in(collection.searched, limit.field)) continue;
        std::string& condition = by_field[limit.field];
        if (!condition.empty())
            condition += ascii_lower(limit.aggregator) == "and" ? " AND " : " OR ";
        const auto compared = comparison(limit);
        if (!compared) {
            condition += "0";
            continue;
        }
        condition += "t." + limit.field + ' ' + compared->sql + " ?";
        values[limit.field].push_back(compared->value);
    }
    result.where = " WHERE 1";
    if (!collection.always.empty()) result.where += " AND " + std::string(collection.always);
    for (const auto& [field, condition] : by_field) {
        result.where += " AND (" + condition + ")";
        const std::vector<std::string>& bound = values[field];
        result.values.insert(result.values.end(), bound.begin(), bound.end());
    }
    std::string order;
    for (const RtOrder& by : search.order) {
        if (!is_in(collection.ordered, by.field)) continue;
        const bool descending = by.direction == RtOrder::Direction::Descending;
        order += "t." + by.field + (descending ? " DESC, " : " ASC, ");
    }
    if (order.empty()) order = std::string(collection.default_order) + ", ";
    const std::uint64_t skipped = std::uint64_t{search.per_page} * (search.page - 1);
    result.order_and_page = " ORDER BY " + order + "t.id LIMIT " + std::to_string(search.per_page) +
                            " OFFSET " + std::to_string(skipped);
    return result;
}

}  // namespace syncline::sandbox
