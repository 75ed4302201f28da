/* A connector library that is wrong in the one way its definition says. */

#include "syncline/connector.h"

static syncline_status create(
    const syncline_call* call,
    syncline_str settings_json,
    syncline_instance** out,
    syncline_error* error
) {
    (void)call;
    (void)settings_json;
    (void)out;
    (void)error;
    return SYNCLINE_OK;
}
static void destroy(syncline_instance* instance) {
    (void)instance;
}

static const syncline_plugin kTable = {
    .magic = SYNCLINE_MAGIC,
    .abi_major = SYNCLINE_ABI_MAJOR,
    .abi_minor = SYNCLINE_ABI_MINOR,
    .struct_size = sizeof(syncline_plugin),
    .create = create,
    .destroy = destroy,
#if defined(WRONG_MAGIC)
    .magic = 0x21212121u,
#elif defined(WRONG_MAJOR)
    .abi_major = 2,
#elif defined(NEWER_MINOR)
    .min_host_minor = 7,
#elif defined(SHORT_TABLE)
    .struct_size = offsetof(syncline_plugin, destroy),
#elif defined(NO_CREATE)
    .create = NULL,
#endif
};

#if defined(NO_SYMBOL)
const syncline_plugin* some_other_symbol(void);
const syncline_plugin* some_other_symbol(void) {
    return &kTable;
}
#elif defined(NULL_TABLE)
const syncline_plugin* syncline_connector_v1(void) {
    return kTable.magic == 0 ? &kTable : NULL;
}
#else
const syncline_plugin* syncline_connector_v1(void) {
    return &kTable;
}
#endif
