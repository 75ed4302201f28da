#pragma once

#include "support/connected_system.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace syncline::testing {

namespace fs = std::filesystem;

/// A supplier's two folders, behind the files connector.
class FilesConnector : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = fresh_folder();
        fs::create_directories(folder_ / "out");
        fs::create_directories(folder_ / "in");
    }
    Json settings(const Json& csv = {{"delimiter", ";"}}) const {
        return {
            {"read",
             {{"folder", (folder_ / "out").string()},
              {"pattern", "customers-*.csv"},
              {"settle", "0s"}}},
            {"write",
             {{"folder", (folder_ / "in").string()}, {"name", "corrections-{utc}-{sequence}.csv"}}},
            {"csv", csv},
            {"key", "CustNo"}};
    }
    void arrives(const std::string& name, const std::string& bytes) const {
        place_file(folder_ / "out" / name, bytes);
    }
    Reading read(const std::string& bytes, const Json& csv = {{"delimiter", ";"}}) {
        arrives("customers-1.csv", bytes);
        supplier_.emplace("files", settings(csv));
        Reading reading = supplier_->read();
        EXPECT_TRUE(reading.summary) << (reading.error ? reading.error->detail : "");
        return reading;
    }
    ConnectedSystem& supplier() {
        if (!supplier_) supplier_.emplace("files", settings());
        return *supplier_;
    }
    static std::vector<std::string> names_in(const fs::path& folder) {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder))
            names.push_back(entry.path().filename().string());
        std::sort(names.begin(), names.end());
        return names;
    }
    /// Why something was set aside; "(none)" when it was not.
    static std::string problem_of(const Reading& reading, const std::string& id) {
        const Observation* seen = reading.find(id);
        return seen == nullptr ? "(none)" : seen->problem;
    }
    std::string refusal(const Json& wrong) {
        ConnectedSystem system("files", wrong);
        const auto checked = system->check();
        if (checked) return "(accepted)";
        EXPECT_EQ(checked.error().code, ErrorCode::ConfigInvalid) << checked.error().detail;
        return checked.error().detail;
    }

    fs::path folder_;
    std::optional<ConnectedSystem> supplier_;
};

}  // namespace syncline::testing
