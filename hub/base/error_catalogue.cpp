#include "base/error_catalogue.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace syncline {

std::string_view name(Mender mender) {
    switch (mender) {
        case Mender::Operator:
            return "operator";
        case Mender::SystemAdministrator:
            return "system_administrator";
        case Mender::ConnectorAuthor:
            return "connector_author";
        case Mender::Syncline:
            return "syncline";
    }
    return "unknown";
}

std::string_view title(Mender mender) {
    switch (mender) {
        case Mender::Operator:
            return "the operator of the hub";
        case Mender::SystemAdministrator:
            return "the administrator of the system";
        case Mender::ConnectorAuthor:
            return "the author of the connector";
        case Mender::Syncline:
            return "Syncline itself";
    }
    return "unknown";
}

const ErrorEntry& entry_of(ErrorCode code) {
    const auto entries = error_catalogue();
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const ErrorEntry& entry) {
        return entry.code == code;
    });
    SYNCLINE_ASSERT(found != entries.end());
    return *found;
}

}  // namespace syncline
