#include "app/release.hpp"

#include "app/operations.hpp"
#include "app/setting_files.hpp"
#include "codec/configuration.hpp"
#include "codec/edit_json.hpp"
#include "model/catalogue.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

namespace syncline::app {
namespace {

/// Where nothing can be written, the plan is not begun.
Result<std::string> released_text(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    return codec::set_member(text, "", "observe", false);
}

const sync::SystemReport* report_of(const sync::PassReport& report, const std::string& system) {
    const auto found = std::find_if(
        report.systems.begin(),
        report.systems.end(),
        [&](const sync::SystemReport& other) { return other.system.text() == system; }
    );
    return found == report.systems.end() ? nullptr : &*found;
}

}  // namespace

Result<HubSetting> with_released(HubSetting hub, const std::string& system) {
    for (SystemSetting& setting : hub.systems) {
        if (setting.id.text() != system) continue;
        if (!setting.observe) {
            return Error{
                ErrorCode::UsageInvalid, Remedy::Reject, system, "this system takes part already"};
        }
        setting.observe = false;
        return hub;
    }
    return Error{
        ErrorCode::NotFound,
        Remedy::Reject,
        system,
        "no system has this name; see `syncline systems list`"};
}

Result<codec::Json> release_system(
    const Places& places,
    Environment& environment,
    Log& log,
    const std::string& system,
    const Plan& plan,
    HubEngine::Listeners listeners
) {
    SYNCLINE_TRY(HubSetting read, codec::read_configuration(places.folder, Catalogue::customer()));
    SYNCLINE_TRY(HubSetting hub, with_released(std::move(read), system));
    const auto setting =
        std::find_if(hub.systems.begin(), hub.systems.end(), [&](const SystemSetting& other) {
            return other.id.text() == system;
        });
    const std::string file = setting->file;
    SYNCLINE_TRY(const std::string text, released_text(file));
    sync::PassReport report;
    {
        SYNCLINE_TRY(
            const auto workspace,
            Workspace::open(places, std::move(hub), Opening::Writer, environment.clock)
        );
        SYNCLINE_TRY(
            const auto engine, HubEngine::create(*workspace, environment, log, std::move(listeners))
        );
        SYNCLINE_TRY(report, engine->engine().apply(plan));
    }
    if (const auto* own = report_of(report, system); own != nullptr && own->error)
        return *own->error;
    if (auto written = replace_file(file, text); !written) {
        Error refused = written.error();
        refused.detail += "; what the plan says is done, so set \"observe\": false in it by hand";
        return refused;
    }
    codec::Json done = report_json(report);
    done["released"] = system;
    return done;
}

}  // namespace syncline::app
