/// What is imported as `c`: the SDK's header, and with it the bindings of the world.
#include "../../../../sdk/c/bailiwick.h"
