#pragma once
// Alerts as a mail: RFC 5322 with MIME, text/plain in UTF-8 as quoted-printable (RFC 2045 section
// 6.7), lines of at most 76 characters that end with CR LF.
//
// One alert is one mail; several are a digest, each with its own lines. The Message-ID is made of
// the id of the first alert and their number, so what comes twice is known by it.
//
// INVARIANT: what an alert or a configuration says never begins a header field, a line of the
// envelope or another part: texts are printable() first, and what of a subject is not ASCII is
// an encoded-word (RFC 2047).

#include <span>
#include <string>
#include <string_view>

#include "base/core/clock.h"
#include "proxy/delivery/receiver_options.h"

namespace sallyport::delivery {

// REQUIRES: !alerts.empty()
std::string make_mail(std::span<const discovery::Alert> alerts, const MailOptions& options,
                      std::string_view gateway, Time now, bool test);

// Whether a text can stand between < and > in an envelope and a header: printable ASCII without
// blanks, quotes, brackets, commas or backslashes, one @ with something on both sides, at most 254
// characters (RFC 5321 section 4.5.3.1.3).
bool is_mail_address(std::string_view text);

// The value of a Subject: folded, and in encoded-words where it is not plain ASCII.
std::string encode_subject(std::string_view text);
std::string quoted_printable(std::string_view text);

}  // namespace sallyport::delivery
