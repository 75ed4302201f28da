"""The accounting's own program, for tests: opens a book with GnuCash's engine.

    gnucash_engine.py BOOK list                  one line a customer, tab-separated:
                                                 guid id name addr_name addr1..addr4 phone email active
    gnucash_engine.py BOOK set GUID FIELD VALUE  edits a customer (FIELD as above) and saves
    gnucash_engine.py BOOK make CUSTOMERS        makes a book in EUR with the customers of a file:
                                                 name addr1..addr4 phone email, tab-separated
    gnucash_engine.py BOOK try                   opens the book for writing and closes it
    gnucash_engine.py BOOK hold                  keeps it open until standard input ends

Exit status 0, or 3 when the book is locked, or 4 when GnuCash's module is not installed.
"""

import sys

try:
    from gnucash import Account, GnuCashBackendException, Query, Session, SessionOpenMode
    from gnucash import gnucash_core_c as core
    from gnucash.gnucash_business import Customer
except ImportError:
    sys.exit(4)


def customers(book):
    query = Query()
    query.search_for("gncCustomer")
    query.set_book(book)
    found = [Customer(instance=row) for row in query.run()]
    query.destroy()
    return found


def guid_of(customer):
    return customer.GetGUID().to_string()


def listed(session):
    for customer in customers(session.book):
        address = customer.GetAddr()
        print("\t".join(str(value) for value in [
            guid_of(customer), customer.GetID(), customer.GetName(), address.GetName(),
            address.GetAddr1(), address.GetAddr2(), address.GetAddr3(), address.GetAddr4(),
            address.GetPhone(), address.GetEmail(), int(customer.GetActive())]))


def edited(session, guid, field, value):
    for customer in customers(session.book):
        if guid_of(customer) != guid:
            continue
        address = customer.GetAddr()
        setters = {
            "name": customer.SetName, "addr_name": address.SetName, "addr1": address.SetAddr1,
            "addr2": address.SetAddr2, "addr3": address.SetAddr3, "addr4": address.SetAddr4,
            "phone": address.SetPhone, "email": address.SetEmail,
            "active": lambda text: customer.SetActive(text == "1")}
        customer.BeginEdit()
        setters[field](value)
        customer.CommitEdit()
        session.save()
        return
    sys.exit("no customer " + guid)


def made(path, file):
    session = Session(path, SessionOpenMode.SESSION_NEW_STORE)  # an empty one first
    session.save()
    session.end()
    session = Session(path, SessionOpenMode.SESSION_NORMAL_OPEN)
    euro = session.book.get_table().lookup("CURRENCY", "EUR")
    owed = Account(session.book)
    session.book.get_root_account().append_child(owed)
    owed.SetName("Accounts Receivable")
    owed.SetType(core.ACCT_TYPE_RECEIVABLE)
    owed.SetCommodity(euro)
    with open(file, encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    for number, (name, line1, line2, line3, line4, phone, email) in enumerate(rows, 1):
        customer = Customer(session.book, "%06d" % number, euro, name)
        customer.BeginEdit()
        address = customer.GetAddr()
        for setter, text in [
                (address.SetName, name), (address.SetAddr1, line1), (address.SetAddr2, line2),
                (address.SetAddr3, line3), (address.SetAddr4, line4), (address.SetPhone, phone),
                (address.SetEmail, email)]:
            setter(text)
        customer.CommitEdit()
    session.save()
    session.end()


def main(book, command, *arguments):
    if command == "make":
        made("sqlite3://" + book, *arguments)
        return
    mode = SessionOpenMode.SESSION_READ_ONLY if command == "list" \
        else SessionOpenMode.SESSION_NORMAL_OPEN
    try:
        session = Session("sqlite3://" + book, mode)
    except GnuCashBackendException as refusal:
        if "LOCKED" in str(refusal):
            sys.exit(3)
        raise
    if command == "list":
        listed(session)
    elif command == "set":
        edited(session, *arguments)
    elif command == "hold":
        print("held", flush=True)
        sys.stdin.read()
    session.end()


main(*sys.argv[1:])
