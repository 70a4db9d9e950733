#pragma once
// What a media type says about a body: is it talk between programs, or somebody's file?
// Types are as http::media_type() gives them: lower case, no parameters, "" where there is none.

#include <string_view>

namespace sallyport::discovery {

// Forms, JSON, XML and the like: where credentials travel.
bool is_talk(std::string_view type);

// Whether a request body of this type is a file. PUT stores what it carries, so there a plain text
// is one as well. `multipart/form-data` counts: what is in the form is not known from the head.
bool is_file_sent(std::string_view type, std::string_view method);

// Whether a reply of this type is something to keep: an archive, a document, a program, or unnamed
// bytes. Pages, scripts, pictures, fonts and media streams are not.
bool is_file_received(std::string_view type);

}  // namespace sallyport::discovery
