#pragma once
// `sallyport gateway`: how long things take, and hosts of which something is worth knowing.

#include "proxy/cli/commands.h"

namespace sallyport::cli {

int gateway(const StatusOptions& options);

}  // namespace sallyport::cli
