#include "store/store.hpp"

namespace syncline::store {

bool is_unopened(ErrorCode code) {
    switch (code) {
        case ErrorCode::KeyMissing:
        case ErrorCode::KeyDestroyed:
        case ErrorCode::CipherMalformed:
        case ErrorCode::CipherTampered:
            return true;
        default:
            return false;
    }
}

bool CommitBatch::empty() const {
    return customers.empty() && links.empty() && changes.empty() && attempts.empty() &&
           closed_attempts.empty() && cases.empty() && quarantined.empty() && released.empty() &&
           cursors.empty() && systems.empty() && runs.empty() && merges.empty() &&
           link_keys.empty() && customer_keys.empty() && work_added.empty() && work_done.empty() &&
           recent_writes.empty() && forgotten_writes.empty();
}

}  // namespace syncline::store
