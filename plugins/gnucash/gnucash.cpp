// The customers of a GnuCash 4 book. GnuCash has no versions and no times of change, so a row's
// hash is its version, compared in the transaction that writes.

#include "book.hpp"
#include "manifest.hpp"
#include "syncline/settings.hpp"

#include <sqlite3.h>

#include <SQLiteCpp/Exception.h>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace syncline::sdk;
using gnucash::Book;

template <class Action>
auto classified(syncline_status broken, Action action) -> decltype(action()) {
    try {
        return action();
    } catch (const SQLite::Exception& failure) {
        const int code = failure.getErrorCode();
        if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
            throw Failure(SYNCLINE_E_TRANSIENT, "the book is locked by another program");
        if (code == SQLITE_READONLY || code == SQLITE_PERM)
            throw Failure(SYNCLINE_E_PERMISSION, "the book is read-only");
        if (code == SQLITE_NOTADB)
            throw Failure(
                SYNCLINE_E_CONFIG,
                "this book is no SQLite file; save it in GnuCash as \"sqlite3\" first"
            );
        if (code == SQLITE_CONSTRAINT)
            throw Failure(
                SYNCLINE_E_INVALID, std::string("the book refused it: ") + failure.what()
            );
        throw Failure(broken, std::string("the book could not be used: ") + failure.what());
    }
}

gnucash::BookSettings read_settings(const Json& settings) {
    check_keys(settings, "", {"book", "currency", "vat_slot", "busy_retry"});
    gnucash::BookSettings read;
    read.file = required_text(settings, "", "book");
    read.currency = text_or(settings, "currency", read.currency);
    read.vat_slot = text_or(settings, "vat_slot", read.vat_slot);
    read.busy_retry_ms = milliseconds_or(settings, "busy_retry", read.busy_retry_ms);
    return read;
}

class GnuCashConnector final : public Connector {
public:
    GnuCashConnector(Call&, const Json& settings) : settings_(read_settings(settings)) {}

    void check(Call&) override {
        classified(SYNCLINE_E_TRANSIENT, [&] { Book(settings_, Book::Access::Read); });
    }

    Json discover(Call& call) override {
        check(call);
        Json fields = Json::array();
        for (const std::string& column : gnucash::columns())
            fields.push_back(Json{{"name", column}});
        fields.push_back(Json{{"name", "active"}});
        fields.push_back(Json{{"name", settings_.slot_field()}});
        const Json customer{
            {"entity", "customer"},
            {"primary_key", "guid"},
            {"version", "opaque"},
            {"write", "immediate"},
            {"conditional_write", true},
            {"lookup", true},
            {"listing", "complete"},
            {"incremental", false},
            {"create_id", "derived"},
            {"max_batch", 100},
            {"max_inflight_ms", 0},
            {"fields", fields}};
        return Json{{"entities", Json::array({customer})}};
    }

    void read(Call& call, const ReadRequest& request, const ReadOut& out) override {
        classified(SYNCLINE_E_TRANSIENT, [&] {
            Book book(settings_, Book::Access::Read);
            std::string last;
            for (;;) {
                call.throw_if_cancelled();
                const std::vector<Record> page = book.page(last, request.max_batch);
                if (page.empty()) break;
                out.emit(page);
                last = page.back().id;
            }
        });
        out.checkpoint(Json{{"v", 1}});
    }

    void lookup(Call&, const std::string&, const Json& keys, const ReadOut& out) override {
        std::vector<std::string> guids;
        if (keys.contains("create"))
            guids.push_back(keys["create"].value("idempotency_key", ""));
        else
            guids = keys.value("ids", std::vector<std::string>{});
        classified(SYNCLINE_E_TRANSIENT, [&] {
            Book book(settings_, Book::Access::Read);
            for (const std::string& guid : guids) {
                const auto found = book.find(guid);
                out.emit(found ? *found : Record::gone(guid));
            }
        });
    }

    void write(
        Call& call, const std::string& entity, std::span<const WriteItem> items, const WriteOut& out
    ) override {
        try {
            classified(SYNCLINE_E_TRANSIENT, [&] {
                Book book(settings_, Book::Access::Write);
                const gnucash::BookLock lock(book);
                book_ = &book;
                Connector::write(call, entity, items, out);
                book_ = nullptr;
            });
        } catch (Failure& failure) {
            if (book_ == nullptr) failure.flags |= SYNCLINE_EF_NOT_ATTEMPTED;
            book_ = nullptr;
            throw;
        }
    }

    /// A new customer's guid is the idempotency key: trying twice makes one customer.
    Written write_one(Call&, const std::string&, const WriteItem& item) override {
        return classified(SYNCLINE_E_IN_DOUBT, [&] {
            const bool create = item.op == SYNCLINE_OP_CREATE;
            const std::string guid = create ? item.idempotency_key : item.id;
            std::optional<Record> made;
            if (create) made = book_->find(guid);
            if (!made)
                made = create ? book_->insert(guid, item.data)
                              : book_->update(guid, item.if_version, item.patch);
            return Written{made->id, made->version, made->data};
        });
    }

private:
    const gnucash::BookSettings settings_;
    Book* book_ = nullptr;  ///< while a batch is written
};

}  // namespace

SYNCLINE_CONNECTOR(
    GnuCashConnector,
    kManifest,
    SYNCLINE_CAP_READ | SYNCLINE_CAP_WRITE | SYNCLINE_CAP_IF_VERSION | SYNCLINE_CAP_IDEMPOTENT |
        SYNCLINE_CAP_PATCH | SYNCLINE_CAP_LOOKUP | SYNCLINE_CAP_BATCH_WRITE
)
