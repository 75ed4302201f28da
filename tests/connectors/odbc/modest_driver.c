/* SQLite's ODBC driver, which says less of itself: how a source is used of which nobody knows the
 * words. Names stand in backticks; with READ_ONLY it offers no serializable transactions. */

#include <dlfcn.h>
#include <sql.h>
#include <sqlext.h>
#include <string.h>

typedef SQLRETURN (*Inform)(SQLHDBC, SQLUSMALLINT, SQLPOINTER, SQLSMALLINT, SQLSMALLINT*);
typedef SQLRETURN (*Execute)(SQLHSTMT, SQLCHAR*, SQLINTEGER);

static SQLRETURN told(const char* text, SQLPOINTER out, SQLSMALLINT* size) {
    strcpy(out, text);
    if (size != NULL) *size = (SQLSMALLINT)strlen(text);
    return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLGetInfo(
    SQLHDBC connection, SQLUSMALLINT what, SQLPOINTER out, SQLSMALLINT most, SQLSMALLINT* size
) {
    Inform driver;
    void* const found = dlsym(dlopen(WHOLE_DRIVER, RTLD_NOW), "SQLGetInfo");
    memcpy(&driver, &found, sizeof driver);
    if (what == SQL_DBMS_NAME) return told("Modest", out, size);
    if (what == SQL_IDENTIFIER_QUOTE_CHAR) return told("`", out, size);
#ifdef READ_ONLY
    if (what == SQL_TXN_ISOLATION_OPTION) {
        *(SQLUINTEGER*)out = SQL_TXN_READ_COMMITTED;
        return SQL_SUCCESS;
    }
#endif
    return driver(connection, what, out, most, size);
}

/* A source that knows neither these quotation marks nor these words. */
SQLRETURN SQL_API SQLExecDirect(SQLHSTMT statement, SQLCHAR* text, SQLINTEGER size) {
    Execute driver;
    void* const found = dlsym(dlopen(WHOLE_DRIVER, RTLD_NOW), "SQLExecDirect");
    memcpy(&driver, &found, sizeof driver);
    if (strchr((char*)text, '"') != NULL || strstr((char*)text, " LIMIT ") != NULL)
        return SQL_ERROR;
    return driver(statement, text, size);
}
