#include "bench/floor.hpp"

#include "bench/customers.hpp"
#include "bench/stopwatch.hpp"
#include "codec/json.hpp"

#include <sodium.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPerTransaction = 500;
constexpr std::array<std::size_t, 4> kSealed{Phone, Mobile, Email, Iban};

struct Keys {
    std::array<unsigned char, crypto_aead_xchacha20poly1305_ietf_KEYBYTES> seal{};
    std::array<unsigned char, 32> blind{};
};

std::string sealed(const Keys& keys, std::string_view text, std::int64_t id, std::int64_t field) {
    constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
    constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
    std::string out(kNonce + text.size() + kTag, '\0');
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    randombytes_buf(bytes, kNonce);
    const std::array<std::int64_t, 2> place{id, field};
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        bytes + kNonce,
        nullptr,
        reinterpret_cast<const unsigned char*>(text.data()),
        text.size(),
        reinterpret_cast<const unsigned char*>(place.data()),
        sizeof place,
        nullptr,
        bytes,
        keys.seal.data()
    );
    return out;
}

std::string blinded(const Keys& keys, std::string_view text) {
    std::string out(16, '\0');
    crypto_generichash(
        reinterpret_cast<unsigned char*>(out.data()),
        out.size(),
        reinterpret_cast<const unsigned char*>(text.data()),
        text.size(),
        keys.blind.data(),
        keys.blind.size()
    );
    return out;
}

/// SQLite without anything between.
class File {
public:
    explicit File(const fs::path& path) {
        if (sqlite3_open(path.c_str(), &handle_) != SQLITE_OK) fail();
        run("PRAGMA journal_mode = WAL");
        run("PRAGMA synchronous = NORMAL");
        run("PRAGMA cache_size = -65536");
    }
    ~File() { sqlite3_close(handle_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    void run(const std::string& sql) {
        if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
    }
    sqlite3* handle() const { return handle_; }
    [[noreturn]] void fail() const { throw std::runtime_error(sqlite3_errmsg(handle_)); }

private:
    sqlite3* handle_ = nullptr;
};

class Prepared {
public:
    Prepared(const File& file, const std::string& sql) : file_(file) {
        if (sqlite3_prepare_v2(file.handle(), sql.c_str(), -1, &handle_, nullptr) != SQLITE_OK)
            file.fail();
    }
    ~Prepared() { sqlite3_finalize(handle_); }
    Prepared(const Prepared&) = delete;
    Prepared& operator=(const Prepared&) = delete;

    /// The text must stay as it is until run().
    Prepared& bind(std::string_view text) {
        sqlite3_bind_text(
            handle_, next_++, text.data(), static_cast<int>(text.size()), SQLITE_STATIC
        );
        return *this;
    }
    Prepared& bind(std::int64_t number) {
        sqlite3_bind_int64(handle_, next_++, number);
        return *this;
    }
    void run() {
        if (sqlite3_step(handle_) != SQLITE_DONE) file_.fail();
        sqlite3_reset(handle_);
        next_ = 1;
    }

private:
    const File& file_;
    sqlite3_stmt* handle_ = nullptr;
    int next_ = 1;
};

void make_tables(File& file) {
    std::string columns;
    for (const char* name : kColumnNames)
        columns += std::string(", ") + name;
    file.run(
        "CREATE TABLE customers(id INTEGER PRIMARY KEY" + columns +
        ", email_tag, vat_tag, version INTEGER)"
    );
    file.run("CREATE INDEX by_email ON customers(email_tag)");
    file.run("CREATE INDEX by_vat ON customers(vat_tag)");
    file.run(
        "CREATE TABLE log(sequence INTEGER PRIMARY KEY, id INTEGER, system TEXT, at INTEGER, "
        "received TEXT)"
    );
    file.run(
        "CREATE TABLE held(system TEXT, remote_id TEXT, id INTEGER, hash BLOB, fields TEXT, "
        "PRIMARY KEY(system, remote_id)) WITHOUT ROWID"
    );
}

std::vector<std::string> lines_of(std::size_t count) {
    std::vector<std::string> lines;
    lines.reserve(count);
    for (std::size_t i = 1; i <= count; ++i)
        lines.push_back(to_json_line(customer(static_cast<std::int64_t>(i))));
    return lines;
}

Keys fresh_keys() {
    if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
    Keys keys;
    randombytes_buf(keys.seal.data(), keys.seal.size());
    randombytes_buf(keys.blind.data(), keys.blind.size());
    return keys;
}

std::string remote_id(std::int64_t id) {
    return "A-" + std::to_string(id);
}

}  // namespace

Cost Floor::import(std::size_t count) {
    for (const char* suffix : {"", "-wal", "-shm"})
        fs::remove(file_.string() + suffix);
    const std::vector<std::string> lines = lines_of(count);
    const Keys keys = fresh_keys();
    File file(file_);
    make_tables(file);
    std::string places;
    for (std::size_t i = 0; i < kColumns; ++i)
        places += "?, ";
    Prepared row(file, "INSERT INTO customers VALUES(?, " + places + "?, ?, 1)");
    Prepared log(file, "INSERT INTO log(id, system, at, received) VALUES(?, 'A', ?, ?)");
    Prepared held(file, "INSERT INTO held VALUES('A', ?, ?, ?, ?)");

    const Stopwatch watch;
    for (std::size_t i = 0; i < count; ++i) {
        if (i % kPerTransaction == 0) file.run("BEGIN IMMEDIATE");
        const auto json = nlohmann::json::parse(lines[i]);
        const auto id = json["id"].get<std::int64_t>();
        std::array<std::string, kColumns> values;
        for (std::size_t c = 0; c < kColumns; ++c)
            values[c] = json[kColumnNames[c]].get<std::string>();
        const std::string email_tag = blinded(keys, values[Email]);
        const std::string vat_tag = blinded(keys, values[VatId]);
        for (const std::size_t c : kSealed)
            values[c] = sealed(keys, values[c], id, static_cast<std::int64_t>(c));
        row.bind(id);
        for (const std::string& value : values)
            row.bind(value);
        row.bind(email_tag).bind(vat_tag).run();
        log.bind(id).bind(std::int64_t{1'700'000'000} + id).bind(lines[i]).run();
        const std::string remote = remote_id(id);
        held.bind(remote).bind(id).bind(email_tag).bind(lines[i]).run();
        if (i % kPerTransaction == kPerTransaction - 1 || i + 1 == count) file.run("COMMIT");
    }
    return watch.cost(count);
}

Cost Floor::edit(std::size_t customers, std::size_t edits) {
    const std::vector<std::string> lines = lines_of(std::min<std::size_t>(customers, 10'000));
    const Keys keys = fresh_keys();
    File file(file_);
    Prepared row(file, "UPDATE customers SET phone = ?, version = version + 1 WHERE id = ?");
    Prepared log(file, "INSERT INTO log(id, system, at, received) VALUES(?, 'A', ?, ?)");
    Prepared held(file, "UPDATE held SET fields = ? WHERE system = 'A' AND remote_id = ?");

    const Stopwatch watch;
    std::uint64_t drawn = 7;
    for (std::size_t i = 0; i < edits; ++i) {
        if (i % kPerTransaction == 0) file.run("BEGIN IMMEDIATE");
        drawn = drawn * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
        const auto id = static_cast<std::int64_t>((drawn >> 33U) % customers + 1);
        const auto number = static_cast<std::int64_t>(i);
        const std::string phone = sealed(keys, other_phone(number), id, Phone);
        row.bind(phone).bind(id).run();
        log.bind(id).bind(number).bind(R"({"phone":"+32 9 2345678"})").run();
        const std::string remote = remote_id(id);
        held.bind(lines[static_cast<std::size_t>(id) % lines.size()]).bind(remote).run();
        if (i % kPerTransaction == kPerTransaction - 1 || i + 1 == edits) file.run("COMMIT");
    }
    return watch.cost(edits);
}

}  // namespace syncline::bench
