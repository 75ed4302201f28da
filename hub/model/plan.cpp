#include "model/plan.hpp"

namespace syncline {

std::string_view name(PlannedOperation::Kind kind) {
    switch (kind) {
        case PlannedOperation::Kind::Link:
            return "link";
        case PlannedOperation::Kind::Record:
            return "record";
        case PlannedOperation::Kind::Create:
            return "create";
        case PlannedOperation::Kind::Update:
            return "update";
        case PlannedOperation::Kind::Delete:
            return "delete";
        case PlannedOperation::Kind::Gone:
            return "gone";
    }
    return "unknown";
}

}  // namespace syncline
