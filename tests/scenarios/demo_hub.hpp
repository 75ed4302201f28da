#pragma once

#include "base/clock.hpp"
#include "codec/json.hpp"
#include "sandbox/request_tracker.hpp"
#include "support/program.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace syncline::testing {

/// Where one customer of a demo is known.
struct Whereabouts {
    std::string record, accounting, erp, helpdesk, supplier;
    bool is_everywhere() const {
        return !accounting.empty() && !erp.empty() && !helpdesk.empty() && !supplier.empty();
    }
};

/// Does the text contain the part?
bool has(const std::string& text, const std::string& part);
/// Waits for what a running hub does on its own, a minute at most.
bool comes_true(const std::function<bool()>& condition);

/// A demo workspace of its own, copied from one that was made and associated once in this process;
/// its helpdesk is served by the test, so that it outlives a hub that is killed.
class DemoHub {
public:
    enum class From { Associated, Fresh };
    explicit DemoHub(const std::string& name, From from = From::Associated);
    ~DemoHub();

    const std::filesystem::path& folder() const { return folder_; }
    std::filesystem::path hub() const { return folder_ / "hub"; }

    /// Runs `syncline -C D/hub …` to its end.
    Ended syncline(
        const std::vector<std::string>& arguments, const Program::Variables& variables = {}
    ) const;
    /// The same, expecting exit code 0 and a JSON document.
    codec::Json json(std::vector<std::string> arguments) const;
    std::unique_ptr<Program> start(
        const std::vector<std::string>& arguments, const Program::Variables& variables = {}
    ) const;
    /// Lets the hub look into its systems every second, from its next start on.
    void poll_every_second() const;
    /// `run --once` until it ends; fails the test when it does not exit with `code`.
    void converge(int code = 0) const;

    // The systems, as their own people see them.
    std::string erp(const std::string& sql) const;
    std::string accounting(const std::string& sql) const;
    std::string helpdesk(const std::string& user, const std::string& field) const;
    void edit_helpdesk(const std::string& user, const std::string& field, const std::string& value);
    /// Leaves a new snapshot in which `change` was made to the rows of the last one.
    void supplier_sends(
        const std::string& key, const std::string& column, const std::string& value
    );
    /// All correction files, concatenated.
    std::string corrections() const;

    std::vector<Whereabouts> customers() const;
    /// Lists what differs between the systems for customers that all of them have; "" = converged.
    std::string differences() const;

    sandbox::RequestTracker& tracker() { return *tracker_; }
    /// What sqlite3 says to this, in any database.
    std::string query(const std::filesystem::path& file, const std::string& sql) const;

private:
    std::filesystem::path folder_;
    std::filesystem::path scratch_;
    SystemClock clock_;
    std::unique_ptr<sandbox::RequestTracker> tracker_;
};

/// The demo customer that all four systems have.
inline constexpr const char* kTutorialGuid = "ec386f238e944adf336a769d9f0075fa";

}  // namespace syncline::testing
