#include "bench/edited_pair.hpp"

#include "bench/customers.hpp"
#include "bench/process_cpu.hpp"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <exception>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace syncline::bench {
namespace {

using Steady = std::chrono::steady_clock;
using testing::PostgresqlClient;
using testing::PostgresqlServer;

constexpr const char* kTemplate = "peers_customers";
constexpr std::size_t kMostEdits = 50'000;  ///< of a side in a round

double seconds_since(Steady::time_point begun) {
    return std::chrono::duration<double>(Steady::now() - begun).count();
}

/// Spelled so that every program leaves it as it is.
std::string phone(std::size_t number) {
    std::string spelled = other_phone(static_cast<std::int64_t>(number));
    std::erase(spelled, ' ');
    return spelled;
}

std::string phone(std::size_t round, std::size_t side, std::size_t edit) {
    return phone(EditedPair::first_number_of(round) + side * kMostEdits + edit);
}

std::string literal(const std::string& text) {
    std::string out = "'";
    for (const char c : text) {
        out += c;
        if (c == '\'') out += c;
    }
    return out + "'";
}

std::string update(std::size_t customer, const std::string& phone) {
    return "UPDATE customers SET phone = '" + phone + "' WHERE id = " + std::to_string(customer) +
           ";";
}

void make_template(std::size_t customers) {
    PostgresqlServer::instance().make_database(kTemplate);
    const PostgresqlClient client(kTemplate);
    std::string columns;
    for (const char* name : kColumnNames)
        columns += std::string(", ") + name + " text NOT NULL";
    client.run("CREATE TABLE customers(id integer PRIMARY KEY" + columns + ")");
    constexpr std::size_t kAtOnce = 500;
    for (std::size_t first = 1; first <= customers; first += kAtOnce) {
        std::string rows;
        for (std::size_t id = first; id < first + kAtOnce && id <= customers; ++id) {
            const Customer made = customer(static_cast<std::int64_t>(id));
            rows += (rows.empty() ? "(" : ", (") + std::to_string(id);
            for (const std::string& value : made.values)
                rows += ", " + literal(value);
            rows += ")";
        }
        client.run("INSERT INTO customers VALUES " + rows);
    }
    client.run("VACUUM ANALYZE customers");
}

const std::string& made(const std::string& name, std::size_t customers) {
    static std::size_t in_template = 0;
    if (in_template != customers) make_template(customers);
    in_template = customers;
    PostgresqlServer::instance().make_database(name, std::string("TEMPLATE ") + kTemplate);
    return name;
}

/// The customer of a side's n-th edit: those of both sides first, then those of the first side.
std::size_t customer_of(const Editing& editing, std::size_t side, std::size_t edit) {
    const bool is_alone = edit >= editing.conflicting;
    return edit + 1 + (is_alone && side == 1 ? editing.edits - editing.conflicting : 0);
}

}  // namespace

EditedPair::EditedPair(std::array<std::string, 2> names, std::size_t customers)
    : names_(std::move(names)),
      customers_(customers),
      people_{
          PostgresqlClient(made(names_[0], customers)),
          PostgresqlClient(made(names_[1], customers))},
      observers_{PostgresqlClient(names_[0]), PostgresqlClient(names_[1])} {
    for (std::size_t side = 0; side < 2; ++side)
        observing_[side] =
            static_cast<pid_t>(std::stol(observers_[side].run("SELECT pg_backend_pid()")));
}

void EditedPair::run(const std::string& sql) const {
    for (const PostgresqlClient& person : people_)
        person.run(sql);
}

double EditedPair::edit(const Editing& editing, std::size_t round) const {
    if (editing.edits > kMostEdits || editing.rows() > customers_)
        throw std::runtime_error("too many edits for the customers there are");
    std::array<std::exception_ptr, 2> failed;
    std::barrier both(2);
    const auto begun = Steady::now();
    const auto work = [&](std::size_t side) {
        const auto updates = [&](std::size_t first, std::size_t end) {
            std::string sql;
            for (std::size_t i = first; i < end; ++i)
                sql += update(customer_of(editing, side, i), phone(round, side, i));
            return sql;
        };
        try {
            people_[side].run("BEGIN;" + updates(0, editing.conflicting));
        } catch (...) {
            failed[side] = std::current_exception();
        }
        both.arrive_and_wait();  // neither side's edits can be in the other before they are made
        if (failed[side]) return;
        try {
            people_[side].run("COMMIT");
            for (std::size_t i = editing.conflicting; i < editing.edits;) {
                const std::size_t end = std::min(editing.edits, i + editing.in_transaction);
                people_[side].run("BEGIN;" + updates(i, end) + "COMMIT");
                i = end;
            }
        } catch (...) {
            failed[side] = std::current_exception();
        }
    };
    {
        const std::jthread other(work, 1);
        work(0);
    }
    for (const std::exception_ptr& failure : failed) {
        if (failure) std::rethrow_exception(failure);
    }
    return seconds_since(begun);
}

std::size_t EditedPair::count_edited(std::size_t side, std::size_t round) const {
    return std::stoull(observers_[side].run(
        "SELECT count(*) FROM customers WHERE phone BETWEEN '" + phone(round, 0, 0) + "' AND '" +
        phone(round, 1, kMostEdits - 1) + "'"
    ));
}

bool EditedPair::are_equal(const Editing& editing, std::size_t round) const {
    for (std::size_t side = 0; side < 2; ++side) {
        if (count_edited(side, round) < editing.rows()) return false;
    }
    const char* const kAllRows =
        "SELECT md5(string_agg(c::text, '|' ORDER BY id)) FROM customers c";
    return observers_[0].run(kAllRows) == observers_[1].run(kAllRows);
}

std::vector<std::string> EditedPair::phones(std::size_t side) const {
    std::istringstream all(
        observers_[side].run("SELECT string_agg(phone, ',' ORDER BY id) FROM customers")
    );
    std::vector<std::string> found;
    for (std::string one; std::getline(all, one, ',');)
        found.push_back(one);
    if (found.size() != customers_) throw std::runtime_error("a customer was lost or made");
    return found;
}

Outcome EditedPair::outcome(const Editing& editing, std::size_t round) const {
    const std::vector<std::string> held = phones(0);
    if (phones(1) != held) throw std::runtime_error("the databases differ");
    Outcome found;
    for (std::size_t i = 0; i < editing.conflicting; ++i) {
        const std::string& stands = held[customer_of(editing, 0, i) - 1];
        const std::size_t winner = stands == phone(round, 0, i) ? 0 : 1;
        if (stands != phone(round, winner, i))
            throw std::runtime_error("a customer has a number that nobody gave: " + stands);
        ++found.stand[winner];
        found.lost.push_back(phone(round, 1 - winner, i));
    }
    for (std::size_t side = 0; side < 2; ++side) {
        for (std::size_t i = editing.conflicting; i < editing.edits; ++i) {
            if (held[customer_of(editing, side, i) - 1] != phone(round, side, i))
                throw std::runtime_error("an edit was lost: " + phone(round, side, i));
        }
    }
    return found;
}

std::size_t EditedPair::first_number_of(std::size_t round) {
    return 2 * round * kMostEdits;
}

double EditedPair::edit_one(std::size_t side, std::size_t customer, std::size_t number) const {
    const std::string wanted = phone(number);
    const std::string look = "SELECT phone FROM customers WHERE id = " + std::to_string(customer);
    const auto begun = Steady::now();
    people_[side].run(update(customer, wanted));
    while (observers_[1 - side].run(look) != wanted) {
        if (seconds_since(begun) > 60)
            throw std::runtime_error("an edit did not arrive within a minute");
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return seconds_since(begun);
}

double EditedPair::server_cpu_now() const {
    double seconds = cpu_of_tree(parent_of(observing_[0]));
    for (const pid_t observer : observing_)
        seconds -= cpu_of_process(observer);
    return seconds;
}

}  // namespace syncline::bench
