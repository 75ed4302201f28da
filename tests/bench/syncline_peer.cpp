#include "bench/syncline_peer.hpp"

#include "support/program.hpp"

#include <stdexcept>

namespace syncline::bench {
namespace {

namespace fs = std::filesystem;
using codec::Json;
using testing::PostgresqlServer;

/// As docs/how-to/connect-a-sql-database.md has them.
constexpr const char* kTriggers =
    "CREATE TABLE customers_journal(id int NOT NULL, txid xid8 NOT NULL DEFAULT "
    "pg_current_xact_id());"
    "CREATE INDEX ON customers_journal(txid);"
    "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN"
    " IF TG_OP <> 'INSERT' THEN INSERT INTO customers_journal(id) VALUES(OLD.id); END IF;"
    " IF TG_OP <> 'DELETE' THEN INSERT INTO customers_journal(id) VALUES(NEW.id); END IF;"
    " RETURN NULL; END $$;"
    "CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON customers"
    " FOR EACH ROW EXECUTE FUNCTION note();"
    "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN PERFORM pg_notify('customers', ''); RETURN NULL; END $$;"
    "CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON customers"
    " FOR EACH STATEMENT EXECUTE FUNCTION tell()";

Json settings_of(const std::string& database) {
    return {
        {"postgresql",
         {{"host", "127.0.0.1"},
          {"port", PostgresqlServer::instance().port()},
          {"database", database},
          {"user", "postgres"},
          {"password", {{"$secret", "file:server.password"}}}}}};
}

}  // namespace

SynclinePeer::SynclinePeer(const EditedPair& pair, const fs::path& folder)
    : hub_(folder), folder_(folder) {
    const fs::path secret = hub_.hub() / "systems" / "server.password";
    fs::create_directories(secret.parent_path());
    testing::write_file(secret, std::string(PostgresqlServer::kPassword) + "\n");
    fs::permissions(secret, fs::perms::owner_read | fs::perms::owner_write);
    pair.run(kTriggers);
    for (std::size_t side = 0; side < 2; ++side)
        hub_.connect(
            side == 0 ? "a" : "b",
            settings_of(pair.name(side)),
            {{"table", "customers_journal"}, {"order", "txid"}},
            "customers"
        );
    hub_.converge(1);
}

std::string SynclinePeer::rule() const {
    return "newest, and where nobody can know which that is, the system that is first in the order";
}

void SynclinePeer::stop() {
    running_->stop(1);
    running_.reset();
}

std::size_t SynclinePeer::count_kept(const std::vector<std::string>& lost) const {
    std::size_t found = 0;
    for (std::size_t i = 0; i < lost.size(); ++i) {
        const testing::Ended ended = testing::run_program(
            hub_.command(
                {"explain", "a:" + std::to_string(i + 1), "phones.main.number", "-o", "json"}
            ),
            folder_ / "asked"
        );
        if (ended.exit_code != 0) throw std::runtime_error("explain: " + ended.err);
        const Json told = Json::parse(ended.out);
        for (const Json& loser : told["losing"]) {
            if (loser["value"] != lost[i]) continue;
            ++found;
            break;
        }
    }
    return found;
}

}  // namespace syncline::bench
