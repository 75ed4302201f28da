#include "sync/run/terms.hpp"

#include <cstddef>

namespace syncline::sync {
namespace {

constexpr std::size_t kCustomersPerBatch = 1'000;

void append(std::string& text, const std::string& part) {
    text += std::to_string(part.size()) + ":" + part;
}

template <class Number>
void append_number(std::string& text, Number number) {
    append(text, std::to_string(static_cast<int>(number)));
}

void append_condition(std::string& text, const Condition& condition) {
    append_number(text, condition.op);
    append(text, condition.path);
    append_number(text, condition.values.size());
    for (const std::string& value : condition.values)
        append(text, value);
    append_number(text, condition.operands.size());
    for (const Condition& operand : condition.operands)
        append_condition(text, operand);
}

}  // namespace

std::string terms_of(const SystemSetting& system) {
    std::string text;
    append_number(text, system.rights.create);
    append_number(text, system.rights.update);
    append_number(text, system.rights.remove);
    append_number(text, system.on_delete);
    append_number(text, system.scope.linked_only);
    append_condition(text, system.scope.where);
    for (const MappedFieldSetting& entry : system.mapping) {
        append(text, entry.field);
        append_number(text, entry.direction);
        append_number(text, entry.unique);
    }
    return text;
}

void derive_all_again(Workbench& bench) {
    CustomerId last;
    for (;;) {
        store::CommitBatch batch;
        batch.work_added = bench.store().customers_after(last, kCustomersPerBatch);
        if (batch.work_added.empty()) return;
        last = batch.work_added.back();
        bench.commit(batch);
    }
}

}  // namespace syncline::sync
