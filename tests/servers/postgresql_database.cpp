#include "servers/postgresql_database.hpp"

namespace syncline::testing {

PostgresqlDatabase::PostgresqlDatabase() {
    PostgresqlServer::instance().make_database("erp");
    client_.emplace("erp");
}

Json PostgresqlDatabase::settings_at(int port) const {
    return {
        {"postgresql",
         {{"host", "127.0.0.1"},
          {"port", port},
          {"database", "erp"},
          {"user", "postgres"},
          {"password", PostgresqlServer::kPassword}}}};
}

void PostgresqlDatabase::keep_journal(
    const std::string& table,
    const std::string& key,
    const std::string& journal,
    const std::string& named
) {
    run("CREATE TABLE " + journal + "(" + named +
        " int, seq xid8 NOT NULL DEFAULT pg_current_xact_id());"
        "CREATE FUNCTION note_" +
        table +
        "() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF TG_OP = 'DELETE' THEN NEW := OLD; "
        "END IF; INSERT INTO " +
        journal + "(" + named + ") VALUES(NEW." + key +
        "); RETURN NULL; END$$; CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON " + table +
        " FOR EACH ROW EXECUTE FUNCTION note_" + table + "()");
}

void PostgresqlDatabase::stop() {
    client_.reset();
    PostgresqlServer::instance().stop();
}

void PostgresqlDatabase::start() {
    PostgresqlServer::instance().start();
    client_.emplace("erp");
}

bool PostgresqlDatabase::hub_waits() {
    return PostgresqlClient("postgres")
               .run(
                   "SELECT count(*) FROM pg_stat_activity WHERE "
                   "wait_event_type = 'Lock' AND application_name = "
                   "'syncline'"
               ) != "0";
}

void PostgresqlDatabase::end_sessions_of_hub() {
    run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = "
        "'syncline'");
}

void PostgresqlDatabase::make_reader(const std::string& user, const std::string& password) {
    run("DROP ROLE IF EXISTS " + user + "; CREATE ROLE " + user + " LOGIN PASSWORD '" + password +
        "'; GRANT SELECT ON customers TO " + user);
}

}  // namespace syncline::testing
