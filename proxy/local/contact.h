#pragma once
// Whom to ask, as an operator wrote it: "mailto:it@corp.example", "it@corp.example",
// "https://help.corp.example/new", "tel:+431234", or plain words.
//
// Pure: from any thread.

#include <string>
#include <string_view>

namespace sallyport::local {

// A link that is safe to put into a page, not yet escaped for HTML; "" where the contact is none.
// For mail without a subject of its own, `subject` and `text` are filled in.
std::string contact_link(std::string_view contact, std::string_view subject, std::string_view text);

// What to show: without "mailto:" or "tel:" and a mail link's query.
std::string_view contact_text(std::string_view contact);

}  // namespace sallyport::local
