// How a person names a record, a conflict or a review.

#include "app/record_reference.hpp"

#include "unit/store/store_fixture.hpp"

namespace syncline::app {
namespace {

class RecordReferenceTest : public store::StoreTest {
protected:
    static CustomerId id_of(const char* text) { return CustomerId{parse_uuid(text).value()}; }

    void store_with_id(const char* text, const std::string& remote, LinkState state) {
        store::CommitBatch batch;
        batch.customers.push_back(new_customer("Ada"));
        batch.customers[0].id = id_of(text);
        batch.links.push_back(new_link(batch.customers[0].id, remote));
        batch.links[0].state = state;
        if (state == LinkState::Unassociated) batch.links[0].customer = CustomerId{};
        store_->commit(batch);
    }
    CaseId store_case(CaseKind kind) {
        Case item;
        item.id = new_id<CaseId>();
        item.kind = kind;
        item.opened_at = from_unix_ms(5);
        store::CommitBatch batch;
        batch.cases.push_back(item);
        store_->commit(batch);
        return item.id;
    }
    ErrorCode refusal(const std::string& reference) {
        const auto found = find_record(*store_, reference);
        EXPECT_FALSE(found) << reference;
        if (found) return ErrorCode::CipherTampered;
        EXPECT_EQ(found.error().where, reference);
        return found.error().code;
    }
};

constexpr const char* kFirst = "01a21267-1e0a-7733-a9e0-ba15724a9888";
constexpr const char* kSecond = "01a21267-1e0a-7733-a9e0-ba15724a9999";

TEST_F(RecordReferenceTest, ARecordIsItsWholeIdOrEightCharactersOfEitherEnd) {
    store_with_id(kFirst, "17", LinkState::Active);
    for (const char* text :
         {kFirst,
          "01a212671e0a7733a9e0ba15724a9888",
          "01a21267",
          "01a21267-1e0a",
          "724a9888",
          "ba15724a9888"}) {
        const auto found = find_record(*store_, text);
        ASSERT_TRUE(found) << text;
        EXPECT_EQ(*found, id_of(kFirst)) << text;
    }
}

// Also what was merged into something that was merged away itself; a merge that was taken back
// names nobody twice.
TEST_F(RecordReferenceTest, ARecordThatWasMergedAwayIsFoundByItsShortForm) {
    const CustomerId first = id_of(kFirst);
    const CustomerId second = id_of(kSecond);
    const CustomerId third = id_of("01a21267-1e0a-7733-a9e0-ba15724a7777");
    store::CommitBatch batch;
    const auto put = [&](const CustomerId& id, const CustomerId& into) {
        batch.customers.push_back(new_customer("Ada"));
        batch.customers.back().id = id;
        if (into.is_nil()) return;
        batch.customers.back().state = CustomerState::Alias;
        batch.customers.back().alias_of = into;
        MergeEvent merge;
        merge.id = new_id<MergeId>();
        merge.winner = into;
        merge.loser = id;
        merge.at = from_unix_ms(5);
        batch.merges.push_back(merge);
    };
    put(first, {});
    put(second, first);
    put(third, second);
    store_->commit(batch);
    EXPECT_EQ(find_record(*store_, "724a9999").value(), second);
    EXPECT_EQ(find_record(*store_, "724a7777").value(), third);
    EXPECT_EQ(find_record(*store_, "724a9888").value(), first);
    EXPECT_EQ(refusal("724a6666"), ErrorCode::NotFound);
}

TEST_F(RecordReferenceTest, TheMiddleOfAnIdNamesNothing) {
    store_with_id(kFirst, "17", LinkState::Active);
    EXPECT_EQ(refusal("1e0a7733"), ErrorCode::NotFound);
    EXPECT_EQ(refusal("01a21268"), ErrorCode::NotFound);
    EXPECT_EQ(refusal(kSecond), ErrorCode::NotFound);
}

TEST_F(RecordReferenceTest, WhatFitsSeveralIsRefusedAndMoreOfTheIdDecides) {
    store_with_id(kFirst, "17", LinkState::Active);
    store_with_id(kSecond, "18", LinkState::Active);
    EXPECT_EQ(refusal("01a21267"), ErrorCode::UsageInvalid);
    EXPECT_EQ(find_record(*store_, "724a9999").value(), id_of(kSecond));
    EXPECT_EQ(find_record(*store_, kFirst).value(), id_of(kFirst));
}

TEST_F(RecordReferenceTest, WordsAndShortIdsAreRefusedWithAnExample) {
    for (const char* text : {"", "17", "01a2126", "gulden-reiger"}) {
        EXPECT_EQ(refusal(text), ErrorCode::UsageInvalid) << text;
        EXPECT_NE(find_record(*store_, text).error().detail.find("erp:17"), std::string::npos);
    }
}

TEST_F(RecordReferenceTest, ASystemNamesItByItsOwnId) {
    store_with_id(kFirst, "17", LinkState::Active);
    store_with_id(kSecond, "a:b", LinkState::Gone);
    EXPECT_EQ(find_record(*store_, "erp:17").value(), id_of(kFirst));
    EXPECT_EQ(find_record(*store_, "erp:a:b").value(), id_of(kSecond)) << "the first colon parts";
    EXPECT_EQ(refusal("erp:1"), ErrorCode::NotFound);
    EXPECT_EQ(refusal("desk:17"), ErrorCode::NotFound);
    EXPECT_EQ(refusal(":"), ErrorCode::NotFound);
}

TEST_F(RecordReferenceTest, ARecordThatWaitsForAReviewSaysSo) {
    store_with_id(kFirst, "41", LinkState::Unassociated);
    EXPECT_EQ(refusal("erp:41"), ErrorCode::NotFound);
    EXPECT_NE(
        find_record(*store_, "erp:41").error().detail.find("`syncline reviews list`"),
        std::string::npos
    );
}

TEST_F(RecordReferenceTest, ACaseIsLookedForAmongItsKind) {
    const CaseId conflict = store_case(CaseKind::Conflict);
    const CaseId review = store_case(CaseKind::Association);
    EXPECT_EQ(find_case(*store_, Question::Conflict, short_text(conflict)).value().id, conflict);
    EXPECT_EQ(find_case(*store_, Question::Review, to_text(review)).value().id, review);
    const auto none = find_case(*store_, Question::Conflict, "ffffffff");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::NotFound);
    EXPECT_EQ(none.error().detail, "there is no such conflict");
}

TEST_F(RecordReferenceTest, ACaseOfTheOtherKindNamesTheCommandForIt) {
    const std::string conflict = short_text(store_case(CaseKind::Conflict));
    for (const CaseKind kind : {CaseKind::Association, CaseKind::Gone, CaseKind::Duplicate}) {
        const std::string review = short_text(store_case(kind));
        const auto found = find_case(*store_, Question::Conflict, review);
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().code, ErrorCode::NotFound);
        EXPECT_EQ(found.error().where, review);
        EXPECT_EQ(
            found.error().detail,
            "there is no such conflict: it is a review; see `syncline reviews show " + review + "`"
        );
    }
    EXPECT_EQ(
        find_case(*store_, Question::Review, conflict).error().detail,
        "there is no such review: it is a conflict; see `syncline conflicts show " + conflict + "`"
    );
}

TEST_F(RecordReferenceTest, AnIdThatIsTooShortForACaseNamesTheList) {
    for (const char* text : {"17", "erp:17", "the first"}) {
        const auto found = find_case(*store_, Question::Review, text);
        ASSERT_FALSE(found) << text;
        EXPECT_EQ(found.error().code, ErrorCode::UsageInvalid);
        EXPECT_NE(found.error().detail.find("`syncline reviews list`"), std::string::npos);
        EXPECT_EQ(found.error().detail.find("erp:17"), std::string::npos);
    }
}

TEST_F(RecordReferenceTest, ASettledCaseIsFoundToo) {
    Case item;
    item.id = new_id<CaseId>();
    item.kind = CaseKind::Conflict;
    item.opened_at = from_unix_ms(5);
    item.resolved_at = from_unix_ms(6);
    store::CommitBatch batch;
    batch.cases.push_back(item);
    store_->commit(batch);
    EXPECT_EQ(find_case(*store_, Question::Conflict, short_text(item.id)).value().id, item.id);
}

TEST_F(RecordReferenceTest, WhatIsShownShortNamesARecord) {
    store_with_id(kFirst, "17", LinkState::Active);
    EXPECT_EQ(short_text(id_of(kFirst)), "ba15724a9888");
    EXPECT_EQ(find_record(*store_, short_text(id_of(kFirst))).value(), id_of(kFirst));
}

}  // namespace
}  // namespace syncline::app
