#include "support/connected_system.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <utility>

namespace syncline::testing {

namespace fs = std::filesystem;

connect::Installation shipped_connectors() {
    const fs::path build = BUILD_ROOT;
    return {build / "bin" / "syncline-connector-host", build / "lib" / "connectors"};
}

connect::Installation test_connectors() {
    connect::Installation installation = shipped_connectors();
    installation.connectors = fs::path(BUILD_ROOT) / "tests" / "connectors";
    return installation;
}

fs::path fresh_folder() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    const fs::path folder = fs::path(::testing::TempDir()) / "connectors" /
                            (std::string(test->test_suite_name()) + "." + test->name());
    fs::remove_all(folder);
    fs::create_directories(folder);
    return folder;
}

void place_file(const fs::path& file, const std::string& bytes) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
}

std::string file_bytes(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string text_in(const RawFields& fields, const std::string& name) {
    const RawValue* value = fields.find(name);
    if (value == nullptr) return "(absent)";
    return value->kind == RawValue::Kind::Null ? "(null)" : value->text;
}

const Observation* Reading::find(const std::string& id) const {
    for (const Observation& seen : records) {
        if (seen.remote_id.text() == id) return &seen;
    }
    return nullptr;
}

std::string Reading::text(const std::string& id, const std::string& field) const {
    const Observation* seen = find(id);
    return seen == nullptr ? "(no record)" : text_in(seen->fields, field);
}

std::string Reading::token(const std::string& id) const {
    const Observation* seen = find(id);
    return seen == nullptr ? "" : seen->token;
}

ConnectedSystem::ConnectedSystem(
    const std::string& connector, const Json& settings, connect::Installation installation
) {
    setting_.id = SystemId{"tested"};
    setting_.connector = connector;
    setting_.settings_json = settings.dump();
    setting_.file = (fs::path(::testing::TempDir()) / "tested.json").string();
    connection_ = connect::open_connection(setting_, installation, clock_, log_);
}

connect::ReadRequest ConnectedSystem::full() {
    connect::ReadRequest request;
    request.entity = "customer";
    request.mode = connect::ReadMode::Full;
    return request;
}

connect::ReadRequest ConnectedSystem::after(const std::string& cursor) {
    connect::ReadRequest request;
    request.entity = "customer";
    request.cursor = cursor;
    return request;
}

connect::ReadRequest ConnectedSystem::peek() {
    connect::ReadRequest request = full();
    request.side_effects = connect::SideEffects::None;
    return request;
}

Reading ConnectedSystem::read(connect::ReadRequest request) {
    Reading reading;
    connect::ReadSink sink;
    sink.records = [&](std::vector<Observation> page) {
        reading.pages.push_back(page.size());
        for (Observation& seen : page)
            reading.records.push_back(std::move(seen));
        return true;
    };
    sink.checkpoint = [&](const std::string& cursor) {
        reading.cursors.push_back(cursor);
        return true;
    };
    auto summary = connection_->read(request, sink);
    if (summary)
        reading.summary = *summary;
    else
        reading.error = summary.error();
    return reading;
}

std::vector<Observation> ConnectedSystem::lookup(const std::vector<std::string>& ids) {
    std::vector<RemoteId> keys;
    for (const std::string& id : ids)
        keys.emplace_back(id);
    auto found = connection_->lookup("customer", keys);
    EXPECT_TRUE(found.has_value()) << (found ? "" : found.error().detail);
    return found ? *found : std::vector<Observation>{};
}

Delivery ConnectedSystem::change(
    const std::string& id,
    const std::string& if_version,
    const RawFields& patch,
    const RawFields& whole
) {
    Delivery delivery;
    delivery.attempt.entity = "customer";
    delivery.attempt.id = AttemptId{AttemptId::Raw{1, 2, 3, 4}};
    delivery.remote_id = RemoteId{id};
    delivery.if_version = if_version;
    delivery.patch = patch;
    delivery.whole = whole.empty() ? patch : whole;
    return delivery;
}

Delivery ConnectedSystem::deletion(const std::string& id, const std::string& if_version) {
    Delivery delivery = change(id, if_version, {});
    delivery.attempt.kind = AttemptKind::Delete;
    return delivery;
}

Delivery ConnectedSystem::creation(const RawFields& whole, const std::string& planned) {
    Delivery delivery = change(planned, "", whole);
    delivery.attempt.kind = AttemptKind::Create;
    delivery.attempt.id = mint<AttemptId>(clock_.now(), random_);
    delivery.attempt.planned_id = RemoteId{planned};
    return delivery;
}

Receipt ConnectedSystem::write(const Delivery& delivery) {
    const std::vector<Delivery> one{delivery};
    const std::vector<Receipt> receipts = connection_->write("customer", one);
    EXPECT_EQ(receipts.size(), 1U);
    return receipts.empty() ? Receipt{} : receipts.front();
}

}  // namespace syncline::testing
