#pragma once
// The requests that stand inside of one: OData's and Google's multipart batches, and lists in JSON.
// Pure; any bytes may be given.
//
// What hides a request from a reader is settled so that it is seen, or said to be missing:
//   - an element may be of any size; of a member that is named twice every value counts
//   - a changeset (a multipart in a multipart) is opened
//   - `whole` is false where the body goes on behind what is given, breaks a limit, is broken, or
//     holds something that cannot be read as a request

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/signatures/signature.h"

namespace sallyport::discovery {

constexpr std::size_t kMostBatch = 200;                 // requests in one
constexpr std::size_t kMostElements = 1000;             // things that one request names in a list
constexpr std::size_t kMostBatchRead = 1024 * 1024;     // bytes of its body, decompressed
constexpr std::size_t kMostInnerBody = kMostBatchRead;  // bytes of the body of a request in it
constexpr std::size_t kDeepestBatch = 3;                // multiparts in multiparts

struct BatchRequest {
  std::string method;
  std::string url;  // as it stands there: "/me", "https://host/me?x=1", "me"
  std::string body;
};

struct Batch {
  std::vector<BatchRequest> requests;
  bool whole = false;
};

// `body`: as far as it was read; `ended`: it is all of it.
Batch read_batch(const BatchRule& rule, std::string_view body, std::string_view content_type,
                 bool ended);

// The elements of a list at a path like "requests[]", "data.items[]" or "[]" of a JSON text, as
// they stand there. Of lists that are named twice, those of both.
struct JsonElements {
  std::vector<std::string_view> elements;
  bool whole = false;
};
JsonElements json_elements(std::string_view text, std::string_view path, bool ended,
                           std::size_t most = kMostBatch);

}  // namespace sallyport::discovery
