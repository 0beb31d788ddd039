/// What `@import("c")` is: the SDK's header, and with it the bindings of the world. Other C headers can be added.
#include "../vendor/bailiwick-sdk/bailiwick.h"
