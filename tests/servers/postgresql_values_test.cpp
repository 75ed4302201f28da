// What the sql connector reads from a real PostgreSQL server, and how it puts values there.

#include "servers/postgresql_fixture.hpp"

namespace syncline::testing {
namespace {

using PostgresqlValues = PostgresqlErp;

RawValue::Kind kind(const Reading& all, const char* id, const char* name) {
    return all.find(id)->fields.find(name)->kind;
}

TEST_F(PostgresqlValues, EveryTypeIsReadAsWhatItHolds) {
    run("CREATE EXTENSION IF NOT EXISTS citext; CREATE TYPE mood AS ENUM('glad', 'cross');"
        "CREATE DOMAIN amount AS numeric(24, 8);"
        "CREATE TABLE types(id uuid PRIMARY KEY, padded char(8), price amount, small "
        "numeric(10,2), "
        "big bigint, ratio float8, active boolean, born date, seen timestamp, met timestamptz, "
        "state mood, mail citext, photo bytea, nothing text, empty text);"
        "INSERT INTO types VALUES('0b5e2f4e-8c1a-4d4e-9f40-6b1d2f3a4c5d', 'AB', "
        "1234567890123456.12345678, 99.95, 9007199254740993, 0.1, true, '1970-02-28', "
        "'2026-03-01 12:30:00.5', '2026-03-01 12:30:00+01', 'glad', 'An@Mees.example', "
        "'\\xff00', NULL, '')");
    const char* const id = "0b5e2f4e-8c1a-4d4e-9f40-6b1d2f3a4c5d";
    ConnectedSystem types(
        "sql",
        of_table(
            {{"table", "types"},
             {"key", "id"},
             {"columns",
              {"padded",
               "price",
               "small",
               "big",
               "ratio",
               "active",
               "born",
               "seen",
               "met",
               "state",
               "mail",
               "photo",
               "nothing",
               "empty"}}}
        )
    );
    const Reading all = types.read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_EQ(all.text(id, "padded"), "AB");
    EXPECT_EQ(all.text(id, "price"), "1234567890123456.12345678") << "not through a double";
    EXPECT_EQ(all.text(id, "small"), "99.95");
    EXPECT_EQ(kind(all, id, "small"), RawValue::Kind::Number);
    EXPECT_EQ(all.text(id, "big"), "9007199254740993");
    EXPECT_EQ(all.text(id, "ratio"), "0.1");
    EXPECT_EQ(all.text(id, "active"), "true");
    EXPECT_EQ(kind(all, id, "active"), RawValue::Kind::Bool);
    EXPECT_EQ(all.text(id, "born"), "1970-02-28");
    EXPECT_EQ(all.text(id, "seen"), "2026-03-01 12:30:00.5");
    EXPECT_EQ(all.text(id, "met"), "2026-03-01 11:30:00+00");
    EXPECT_EQ(all.text(id, "state"), "glad");
    EXPECT_EQ(all.text(id, "mail"), "An@Mees.example");
    EXPECT_EQ(all.text(id, "photo"), "(absent)");
    EXPECT_EQ(all.text(id, "nothing"), "(null)");
    EXPECT_EQ(all.text(id, "empty"), "");

    const Receipt receipt = types.write(ConnectedSystem::change(
        id,
        all.token(id),
        {{"padded", RawValue::of_text("XY")},
         {"price", RawValue::of_number("9876543210987654.87654321")},
         {"active", RawValue::of_bool(false)},
         {"born", RawValue::null()},
         {"state", RawValue::of_text("cross")},
         {"mail", RawValue::of_text("an@mees.example")}}
    ));
    ASSERT_EQ(receipt.outcome, Receipt::Outcome::Stored) << receipt.error.detail;
    EXPECT_EQ(run("SELECT price FROM types"), "9876543210987654.87654321");
    EXPECT_EQ(run("SELECT active::text || state || mail FROM types"), "falsecrossan@mees.example");
    EXPECT_EQ(receipt.token, types.read().token(id));
    EXPECT_EQ(types.lookup({"no uuid"}).front().kind, Observation::Kind::Gone);
    const auto fresh = types->plan_ids("customer", 2);
    ASSERT_TRUE(fresh);
    EXPECT_EQ(fresh->front().text().size(), 36U);
}

TEST_F(PostgresqlValues, ReadsTextsOfAnyEncodingOfTheServer) {
    const PostgresqlServer& server = PostgresqlServer::instance();
    server.make_database("latin", "ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
    const PostgresqlClient latin("latin");
    latin.run("SET client_encoding TO 'UTF8'");
    latin.run(
        "CREATE TABLE customers(id int PRIMARY KEY, name text);"
        "INSERT INTO customers VALUES(1, 'Zoë')"
    );
    Json other = of_table({{"table", "customers"}, {"key", "id"}, {"columns", {"name"}}});
    other["database"]["postgresql"]["database"] = "latin";
    ConnectedSystem system("sql", other);
    EXPECT_EQ(system.read().text("1", "name"), "Zoë");
    EXPECT_EQ(
        system.write(ConnectedSystem::change("1", "", {{"name", RawValue::of_text("Chloé")}})
        ).outcome,
        Receipt::Outcome::Stored
    );
    EXPECT_EQ(latin.run("SELECT name FROM customers"), "Chloé");
    const Receipt unfit =
        system.write(ConnectedSystem::change("1", "", {{"name", RawValue::of_text("Łucja")}}));
    EXPECT_EQ(unfit.outcome, Receipt::Outcome::Refused) << unfit.error.detail;
    EXPECT_EQ(unfit.error.detail.find("ucja"), std::string::npos);

    server.make_database("raw", "ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0");
    const PostgresqlClient raw("raw");
    raw.run("SET client_encoding TO 'SQL_ASCII'");
    raw.run(
        "CREATE TABLE customers(id int PRIMARY KEY, name text);"
        "INSERT INTO customers VALUES(1, E'Zo\\xEB'), (2, 'Zoë')"
    );
    other["database"]["postgresql"]["database"] = "raw";
    ConnectedSystem unknown("sql", other);
    const Reading all = unknown.read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_EQ(all.text("1", "name"), "(absent)");
    EXPECT_EQ(all.text("2", "name"), "Zoë");
}

TEST_F(PostgresqlValues, ARowThatNoUtf8CanTellDoesNotStopTheOthers) {
    PostgresqlServer::instance().make_database(
        "windows", "ENCODING 'WIN1252' LOCALE 'C' TEMPLATE template0"
    );
    const PostgresqlClient windows("windows");
    windows.run("SET client_encoding TO 'WIN1252'");
    windows.run(
        "CREATE TABLE customers(id int PRIMARY KEY, name text, city text);"
        "INSERT INTO customers VALUES(1, E'Zo\xEB', 'Gent'), (2, E'\x81', 'Brugge')"
    );
    Json other = of_table({{"table", "customers"}, {"key", "id"}, {"columns", {"name", "city"}}});
    other["database"]["postgresql"]["database"] = "windows";
    ConnectedSystem system("sql", other);
    const Reading all = system.read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    ASSERT_EQ(all.records.size(), 2U);
    EXPECT_EQ(all.text("1", "name"), "Zoë");
    EXPECT_EQ(all.text("2", "name"), "(absent)");
    EXPECT_EQ(all.text("2", "city"), "Brugge");
    EXPECT_EQ(system.lookup({"2"}).front().token, all.token("2"));
    EXPECT_EQ(
        system.write(ConnectedSystem::change("2", "", {{"city", RawValue::of_text("Gent")}})
        ).outcome,
        Receipt::Outcome::Refused
    );
    EXPECT_EQ(system.lookup({"1"}).front().token, all.token("1"));
}

TEST_F(PostgresqlValues, NewKeysComeFromWhereOtherProgramsTakeTheirs) {
    run("CREATE TABLE numbered(id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);"
        "INSERT INTO numbered(name) VALUES('An');"
        "CREATE SEQUENCE ours START 70; CREATE TABLE old(id int DEFAULT nextval('ours'), name text)"
    );
    ConnectedSystem numbered(
        "sql", of_table({{"table", "numbered"}, {"key", "id"}, {"columns", {"name"}}})
    );
    const auto ids = numbered->plan_ids("customer", 2);
    ASSERT_TRUE(ids) << ids.error().detail;
    EXPECT_EQ(*ids, (std::vector<RemoteId>{RemoteId{"2"}, RemoteId{"3"}}));
    const Delivery create = numbered.creation({{"name", RawValue::of_text("Bo")}}, "2");
    EXPECT_TRUE(numbered->lookup_created(create)->empty());
    const Receipt made = numbered.write(create);
    ASSERT_EQ(made.outcome, Receipt::Outcome::Stored) << made.error.detail;
    EXPECT_EQ(numbered.write(create).outcome, Receipt::Outcome::Conflict);
    EXPECT_EQ(numbered->lookup_created(create)->front().token, made.token);
    EXPECT_EQ(run("INSERT INTO numbered(name) VALUES('Cy') RETURNING id"), "4");
    ConnectedSystem old("sql", of_table({{"table", "old"}, {"key", "id"}, {"columns", {"name"}}}));
    EXPECT_EQ(old->plan_ids("customer", 1)->front().text(), "70");
    add(41, "'An', NULL, 1");
    EXPECT_EQ(erp()->plan_ids("customer", 1)->front().text(), "42");
}

TEST_F(PostgresqlValues, ReadsASchemaThatIsNamed) {
    run("CREATE SCHEMA \"Sales\"; CREATE TABLE \"Sales\".\"Kunden\"(\"Nr\" int PRIMARY KEY, \"Na "
        "me\" "
        "text); INSERT INTO \"Sales\".\"Kunden\" VALUES(1, 'An')");
    ConnectedSystem sales(
        "sql",
        of_table({{"schema", "Sales"}, {"table", "Kunden"}, {"key", "Nr"}, {"columns", {"Na me"}}})
    );
    EXPECT_EQ(sales.read().text("1", "Na me"), "An");
    EXPECT_EQ(
        sales.write(ConnectedSystem::change("1", "", {{"Na me", RawValue::of_text("Bo")}})).outcome,
        Receipt::Outcome::Stored
    );
}

}  // namespace
}  // namespace syncline::testing
