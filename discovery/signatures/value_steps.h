#pragma once
// What signatures do with a value behind a '|' (conf/catalog/ACTIVITIES.md, "Values"), and reading
// claims of tokens. Pure; texts are whatever strangers sent, of 64 KiB at most.

#include <string>
#include <string_view>
#include <vector>

#include "discovery/signatures/value.h"

namespace sallyport::discovery {

// No value where it cannot be done; several where a path of JSON selects several.
std::vector<std::string> take_step(const ValueStep& step, std::string_view value);

// A JWT's payload (RFC 7519 section 3), which is JSON; "" of what is none. Its signature is not
// looked at: it is a claim of whoever sent it.
std::string jwt_claims(std::string_view token);

// "a%20b+c" -> "a b c", as forms are written (WHATWG URL section 5.1).
std::string decode_form(std::string_view text);

// Base 64 as most decoders take it: either alphabet, with or without padding; what is no letter of
// it is skipped, and so is the beginning of a data: address.
std::string decode_any_base64(std::string_view text);

}  // namespace sallyport::discovery
