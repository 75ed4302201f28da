#pragma once

#include "base/log.hpp"
#include "model/ids.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::connect {

/// What a connector says, as far as it may stand in the log: one of the texts that its manifest
/// lists, with names of mapped fields in the place of its {}. Anything else in such a place becomes
/// "…", because it may be a customer's.
class ListedMessage {
public:
    /// `listed`: "column {} is no UTF-8 text". The first that fits is taken; empty() when none
    /// does.
    ListedMessage(
        const std::vector<std::string>& listed,
        const std::vector<std::string>& fields,
        std::string_view message
    );
    bool empty() const noexcept { return text_.empty(); }
    friend std::string_view log_text(const ListedMessage& message) { return message.text_; }

private:
    std::string text_;
};

/// Takes what the connector of one system says into the log. Of a message that its manifest does
/// not list, only that there was one and how long it was.
class ConnectorVoice {
public:
    /// `fields`: remote fields of the mapping. The log outlives it.
    ConnectorVoice(
        SystemId system, std::vector<std::string> listed, std::vector<std::string> fields, Log& log
    );
    /// `level`: 0 trace to 5 fatal, as the SDK has it.
    void say(std::int64_t level, std::string_view message) const;

private:
    SystemId system_;
    std::vector<std::string> listed_;
    std::vector<std::string> fields_;
    Log* log_;
};

}  // namespace syncline::connect
