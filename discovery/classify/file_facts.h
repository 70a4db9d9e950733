#pragma once
// The file that an upload or a download carries, as far as the heads tell: name, extension, type as
// declared, size as stated. What a multipart form holds is not known from the head.
//
//   upload    its name from Content-Disposition, X-File-Name and its kin, Slug (RFC 5023), tus'
//             Upload-Metadata, else the last segment of a PUT's path. Type and size are those of
//             the body where the body is the whole file; of resumable uploads what their fields
//             say.
//   download  its name from Content-Disposition, else the last segment of the path, as browsers
//             name it. Of a part (206) the size is that of the whole.
// A body with a Content-Encoding has another size than its file, so none is told.
//
// Pure. Input is whatever strangers send; names are safe (file_name.h).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/http/head.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

// `length`: of the body, where it is announced. Nothing where nothing is told at all. REQUIRES: the
// exchange is an upload, or a download.
std::optional<policy::FileFacts> uploaded_file(const http::RequestHead& request,
                                               std::optional<std::uint64_t> length);
// What else it may be called by whoever keeps it, each safe (file_name.h): in the query, in the
// path of a POST or a PATCH, what stands before the stream of an NTFS name. REQUIRES: an upload.
std::vector<std::string> other_upload_names(const http::RequestHead& request);
std::optional<policy::FileFacts> downloaded_file(const http::RequestHead& request,
                                                 const http::ReplyHead& reply,
                                                 std::optional<std::uint64_t> length);

}  // namespace sallyport::discovery
