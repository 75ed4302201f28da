#pragma once

#include "sync/core/merge_customers.hpp"
#include "sync/run/engine.hpp"
#include "sync/run/workbench.hpp"

#include <span>
#include <string>

/// What people decide about whole records. Each is one commit; its writes follow with the next
/// pass. With Carry::Preview nothing is kept.
namespace syncline::sync {

Result<MergeReport> merge_by_hand(
    Workbench& bench,
    const CustomerId& survivor,
    const CustomerId& loser,
    std::span<const MergedField> taken,
    const std::string& user,
    Carry carry,
    IfVersion if_version
);

/// `customer` is the one that was merged away, or a survivor of one merge.
Result<MergeReport> unmerge_by_hand(
    Workbench& bench, const CustomerId& customer, const std::string& user, Carry carry
);

/// The record joins the customer, whoever had it before.
Result<MergeReport> link_by_hand(
    Workbench& bench,
    const CustomerId& customer,
    const SystemId& system,
    const RemoteId& remote_id,
    const std::string& user,
    Carry carry
);

/// The record leaves its customer and begins one of its own.
Result<MergeReport> unlink_by_hand(
    Workbench& bench,
    const CustomerId& customer,
    const SystemId& system,
    const RemoteId& remote_id,
    const std::string& user,
    Carry carry
);

Result<DeleteReport> delete_by_hand(
    Workbench& bench, const CustomerId& customer, const std::string& user, Carry carry
);
Result<void> undelete_by_hand(
    Workbench& bench, const CustomerId& customer, const std::string& user
);

/// Answers the question about a record that is gone, or that is still there after its customer was
/// deleted.
Result<void> answer_gone_by_hand(
    Workbench& bench, const Case& review, GoneAnswer answer, const std::string& user
);

/// Closes a question about a gone or duplicate record; things stay as they are.
Result<void> dismiss_by_hand(Workbench& bench, Case review, const std::string& user);

}  // namespace syncline::sync
