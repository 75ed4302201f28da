#include "scenarios/demo_hub.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <sstream>
#include <thread>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;
using codec::Json;

std::string program() {
    return std::string(BUILD_ROOT) + "/bin/syncline";
}

fs::path place(const std::string& name) {
    return fs::path(::testing::TempDir()) / "syncline-scenarios" / name;
}

/// Made once in this process: a demo, and the same after its first association.
const fs::path& made(DemoHub::From from) {
    static const fs::path fresh = [] {
        const fs::path folder = place("template-fresh");
        fs::remove_all(folder);
        const Ended ended =
            run_program({program(), "demo", "create", "--dir", folder.string()}, place("scratch"));
        if (ended.exit_code != 0) throw std::runtime_error("demo create: " + ended.err);
        return folder;
    }();
    if (from == DemoHub::From::Fresh) return fresh;
    static const fs::path associated = [] {
        const fs::path folder = place("template-associated");
        fs::remove_all(folder);
        fs::copy(fresh, folder, fs::copy_options::recursive);
        const Ended ended = run_program(
            {program(), "demo", "run", "--once", "--dir", folder.string()}, place("scratch")
        );
        if (ended.exit_code != 0) throw std::runtime_error("demo run: " + ended.err + ended.out);
        return folder;
    }();
    return associated;
}

std::vector<std::string> split_csv(const std::string& line) {
    std::vector<std::string> cells;
    std::stringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ';');)
        cells.push_back(cell);
    if (line.ends_with(';')) cells.emplace_back();
    return cells;
}

std::vector<fs::path> files_in(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder, failed)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

bool comes_true(const std::function<bool()>& condition) {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > patience) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
}

DemoHub::DemoHub(const std::string& name, From from)
    : folder_(place(name)), scratch_(place(name + "-scratch")) {
    fs::remove_all(folder_);
    fs::create_directories(folder_.parent_path());
    fs::copy(made(from), folder_, fs::copy_options::recursive);
    sandbox::RequestTrackerSettings settings;
    settings.folder = folder_ / "systems" / "helpdesk";
    tracker_ = std::make_unique<sandbox::RequestTracker>(settings, clock_);
}

DemoHub::~DemoHub() {
    tracker_.reset();
    if (::testing::Test::HasFailure()) return;  // to be looked at
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    fs::remove_all(scratch_, ignored);
}

Ended DemoHub::syncline(
    const std::vector<std::string>& arguments, const Program::Variables& variables
) const {
    return start(arguments, variables)->wait();
}

std::unique_ptr<Program> DemoHub::start(
    const std::vector<std::string>& arguments, const Program::Variables& variables
) const {
    std::vector<std::string> command{program(), "-C", hub().string()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return std::make_unique<Program>(command, scratch_, variables);
}

Json DemoHub::json(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"-o", "json"});
    const Ended ended = syncline(arguments);
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    auto parsed = codec::parse_json(ended.out);
    EXPECT_TRUE(parsed.has_value()) << ended.out;
    return parsed ? *parsed : Json::object();
}

void DemoHub::poll_every_second() const {
    for (const auto& entry : fs::directory_iterator(hub() / "systems")) {
        std::string text = read_file(entry.path());
        const std::string poll = "\"poll\": \"5s\"";
        if (const auto at = text.find(poll); at != std::string::npos)
            text.replace(at, poll.size(), "\"poll\": \"1s\"");
        write_file(entry.path(), text);
    }
}

void DemoHub::converge(int code) const {
    const Ended ended = syncline({"run", "--once"});
    EXPECT_EQ(ended.exit_code, code) << ended.out << ended.err;
}

std::string DemoHub::query(const fs::path& file, const std::string& sql) const {
    const Ended ended =
        run_program({"sqlite3", "-cmd", ".timeout 5000", file.string(), sql}, scratch_);
    EXPECT_EQ(ended.exit_code, 0) << sql << ": " << ended.err;
    return ended.out.empty() ? "" : ended.out.substr(0, ended.out.size() - 1);
}

std::string DemoHub::erp(const std::string& sql) const {
    return query(folder_ / "systems" / "erp" / "erp.sqlite", sql);
}

std::string DemoHub::accounting(const std::string& sql) const {
    return query(folder_ / "systems" / "accounting" / "book.gnucash", sql);
}

std::string DemoHub::helpdesk(const std::string& user, const std::string& field) const {
    const auto found = tracker_->desk().find(user);
    if (!found) return "(no user)";
    const auto value = found->values.find(field);
    return value == found->values.end() ? "" : value->second;
}

void DemoHub::edit_helpdesk(
    const std::string& user, const std::string& field, const std::string& value
) {
    const auto found = tracker_->desk().find(user);
    ASSERT_TRUE(found.has_value()) << user;
    tracker_->desk().update(found->id, {{field, value}}, "root");
}

void DemoHub::supplier_sends(
    const std::string& key, const std::string& column, const std::string& value
) {
    const fs::path out = folder_ / "systems" / "supplier" / "out";
    std::vector<fs::path> files = files_in(out / "done");
    const std::vector<fs::path> waiting = files_in(out);
    files.insert(files.end(), waiting.begin(), waiting.end());
    ASSERT_FALSE(files.empty());
    std::sort(files.begin(), files.end(), [](const fs::path& a, const fs::path& b) {
        return a.filename() < b.filename();
    });
    std::stringstream last(read_file(files.back()));
    std::string text;
    std::size_t at = 0;
    for (std::string line; std::getline(last, line);) {
        if (line.ends_with('\r')) line.pop_back();
        std::vector<std::string> cells = split_csv(line);
        if (text.empty()) {
            at = static_cast<std::size_t>(
                std::find(cells.begin(), cells.end(), column) - cells.begin()
            );
            ASSERT_LT(at, cells.size()) << column;
        } else if (cells.front() == key) {
            cells.at(at) = value;
        }
        for (std::size_t i = 0; i < cells.size(); ++i)
            text += (i > 0 ? ";" : "") + cells[i];
        text += "\r\n";
    }
    // The names of snapshots are dates: one day more than the last.
    std::string name = files.back().stem().string();
    const int day = std::stoi(name.substr(name.size() - 2)) + 1;
    name = name.substr(0, name.size() - 2) + (day < 10 ? "0" : "") + std::to_string(day);
    write_file(out / (name + ".part"), text);
    fs::rename(out / (name + ".part"), out / (name + ".csv"));
}

std::string DemoHub::corrections() const {
    std::string text;
    for (const fs::path& file : files_in(folder_ / "systems" / "supplier" / "in"))
        text += read_file(file);
    return text;
}

std::vector<Whereabouts> DemoHub::customers() const {
    std::vector<Whereabouts> found;
    const Json listed = json({"records", "list", "--limit", "100000"});
    for (const Json& row : listed["records"]) {
        Whereabouts customer;
        customer.record = row["id"].get<std::string>();
        std::stringstream systems(row["systems"].get<std::string>());
        for (std::string name; systems >> name;) {
            const auto colon = name.find(':');
            const std::string system = name.substr(0, colon);
            const std::string id = name.substr(colon + 1);
            if (system == "accounting")
                customer.accounting = id;
            else if (system == "erp")
                customer.erp = id;
            else if (system == "helpdesk")
                customer.helpdesk = id;
            else
                customer.supplier = id;
        }
        found.push_back(customer);
    }
    return found;
}

std::string DemoHub::differences() const {
    const auto rows = [](const std::string& text) {
        std::map<std::string, std::string> values;
        std::stringstream lines(text);
        for (std::string line; std::getline(lines, line);)
            values[line.substr(0, line.find('|'))] = line.substr(line.find('|') + 1);
        return values;
    };
    const auto erp_rows =
        rows(erp("SELECT id, coalesce(name,'') || '|' || coalesce(email,'') FROM customers"));
    const auto book_rows =
        rows(accounting("SELECT guid, addr_name || '|' || addr_email FROM customers"));
    std::string report;
    for (const Whereabouts& customer : customers()) {
        if (customer.erp.empty() || customer.accounting.empty()) continue;
        const auto in_erp = erp_rows.find(customer.erp);
        const auto in_book = book_rows.find(customer.accounting);
        if (in_erp == erp_rows.end() || in_book == book_rows.end()) {
            report += "erp:" + customer.erp + " or its book entry is missing\n";
            continue;
        }
        std::string in_desk = in_erp->second;
        if (!customer.helpdesk.empty())
            in_desk = helpdesk(customer.helpdesk, "RealName") + "|" +
                      helpdesk(customer.helpdesk, "EmailAddress");
        // Capitals of a mail address say nothing.
        const auto email = [](const std::string& row) {
            return ascii_lower(row.substr(row.find('|') + 1));
        };
        if (email(in_erp->second) != email(in_book->second))
            report +=
                "erp:" + customer.erp + ": " + in_erp->second + " / " + in_book->second + "\n";
        const bool desk_has_email = !email(in_desk).empty();
        if (!customer.helpdesk.empty() && desk_has_email && email(in_desk) != email(in_erp->second))
            report +=
                "helpdesk:" + customer.helpdesk + ": " + in_desk + " / " + in_erp->second + "\n";
    }
    return report;
}

}  // namespace syncline::testing
