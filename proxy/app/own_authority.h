#pragma once
// Our authority on disk, as a starting gateway wants it.

#include <memory>
#include <string>
#include <vector>

#include "tls/ca/authority.h"

namespace sallyport::app {

// Loads the authority, or makes it on the first start. Half an authority is a matter for a person.
Result<std::shared_ptr<const tls::Authority>> open_authority(const std::string& directory,
                                                             Time now);

// The authority and those that it replaced (`sallyport ca rotate` keeps them as ca.pem.TIME): an
// origin that shows any of them is not to be believed.
std::vector<tls::Certificate> own_authorities(const std::string& directory,
                                              const tls::Authority& authority);

}  // namespace sallyport::app
