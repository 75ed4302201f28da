#include "app/commands/deciding.hpp"

#include "app/exit_code.hpp"
#include "app/record_json.hpp"

#include <CLI/CLI.hpp>
#include <vector>

namespace syncline::app {
namespace {

void tell_value_now(Session& session, const RecordOf& record, const std::string& path) {
    read_hub(session, [&](Workspace& workspace, Format) -> Result<int> {
        const Field* field = workspace.fields().find(path);
        if (field == nullptr) return kDone;  // it is about the record as a whole
        SYNCLINE_TRY(const CustomerId id, record(workspace));
        const std::vector<CustomerId> ids{id};
        for (const Customer& customer : workspace.store().customers(ids)) {
            if (const FieldState* now = customer.fields.find(field->id))
                print_note(
                    "  stands now: " + value_text(now->value) + " (" + origin_text(now->origin) +
                    ")"
                );
        }
        return kDone;
    });
}

}  // namespace

void add_if_version(CLI::App& command, std::optional<std::uint64_t>& version) {
    command
        .add_option("--if-version", version, "Only if nothing changed since this version was shown")
        ->type_name("N");
}

int decide_and_tell(
    Session& session,
    const std::string& operation,
    const codec::Json& params,
    const RecordOf& record,
    const std::function<std::string(const codec::Json& result)>& sentence
) {
    const auto format = session.format();  // before anything is changed
    if (!format) return fail(format.error());
    const auto done = try_change(session, operation, params);
    if (done) {
        print(*done, *format, sentence(*done) + "\n");
        return kDone;
    }
    const int exit_code = fail(done.error());
    if (done.error().code == ErrorCode::Outdated)
        tell_value_now(session, record, done.error().where);
    return exit_code;
}

}  // namespace syncline::app
