#pragma once
// What one exchange does in an app, by the app's signatures.
//
//   Recognition seen(signatures, request);            // head only
//   if (seen.wants_body()) ... read how the body begins; more of it while seen.wants_more(prefix)
//   seen.read_request(prefix, ended);                 // or "" where it was not asked for
//   for (const Recognised& one : seen.activities()) ...   // what policies are asked about
//   if (seen.wants_reply()) ... keep how the reply's body begins
//   seen.read_reply(status, headers, prefix);         // ids that the app gave, the outcome
//
// Pure. Of one thread. Whatever is read is a claim of whoever sent it: texts are cut to the limits
// of policy/activity/details.h and made printable nowhere here.

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/boxed.h"
#include "base/http/head.h"
#include "discovery/signatures/app_signatures.h"
#include "discovery/signatures/batch.h"
#include "discovery/signatures/exchange_values.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

constexpr std::size_t kMostBodyRead = 64 * 1024;   // bytes of a request's body
constexpr std::size_t kMostReplyRead = 32 * 1024;  // and of a reply's

// One activity.
struct Recognised {
  const Signature* signature = nullptr;
  policy::ActivityType type = policy::ActivityType::other;
  std::optional<bool> admin;
  std::string app;                 // another app's id that it belongs to, or ""
  Boxed<policy::Details> details;  // not there while somebody has taken them
  // Of a transfer, where the signature says where they stand; "" and none else.
  std::string file_name;
  std::string file_type;
  std::optional<std::uint64_t> file_size;
  bool personal = false;        // only a personal account can do it
  bool body_is_file = true;     // of an upload: its bytes are the request's body, or parts of it
  bool content_unseen = false;  // of one in JSON: not all of its bytes could be looked at
  std::string content;  // of one whose bytes are base64 in JSON: they, as far as they were read
  // A step of a transfer that goes on in other requests: no activity by itself.
  bool goes_on = false;
  std::optional<std::uint64_t> part_offset;  // where the bytes of a part belong
  std::optional<std::uint64_t> part_number;
  bool carries = false;  // a start or a finish that has bytes of the file too
  bool open = false;     // nothing says which part is the last: each may be
  // Of a finish that lists the parts, and may leave some out: their numbers, as they stand there.
  std::vector<std::uint64_t> listed;
};

class Recognition {
 public:
  // What of a head is asked for each time.
  struct Asked {
    explicit Asked(const http::RequestHead& head);
    // False: nothing() would be true, which is told here by less.
    bool may_fit(const AppSignatures& signatures) const {
      return signatures.may_fit(method, has) || !overrides.empty();
    }

    const http::RequestHead& head;
    std::string method;  // in capital letters
    AppSignatures::Has has;
    std::vector<std::string> overrides;  // methods that stand elsewhere in the request
  };

  // The head and `signatures` outlive this. `host` and `path` in their normal spelling.
  Recognition(const AppSignatures& signatures, Asked asked, std::string_view host,
              std::string_view path);
  Recognition(const AppSignatures& signatures, const http::RequestHead& head, std::string_view host,
              std::string_view path)
      : Recognition(signatures, Asked(head), host, path) {}

  // Whether no signature of the app can fit, whatever the body holds.
  bool nothing() const { return candidates_.empty() && overrides_.empty(); }
  bool wants_body() const { return wants_body_; }

  // Whether it holds several requests, so that up to kMostBatchRead bytes of it are worth reading.
  bool wants_more(std::string_view prefix) const;

  // `prefix`: how the body begins, as it was sent; it is decompressed here. `ended`: it is all of
  // it.
  void read_request(std::string_view prefix, bool ended);
  std::span<const Recognised> activities() const { return activities_; }
  std::span<Recognised> activities() { return activities_; }
  // Whether it holds more requests than could be read. Then activities() are not all of them.
  bool hides() const { return hides_; }
  // Whether the body has a Content-Encoding that could not be undone.
  bool closed() const { return closed_; }

  bool wants_reply() const;
  // REQUIRES: whoever took details has given them back. Whether it told more than outcomes.
  bool read_reply(int status, const http::Headers& headers, std::string_view prefix);

 private:
  // An activity's request, and what recognised it.
  struct Found {
    std::size_t request = 0;  // of requests_
    AppSignatures::Candidate candidate;
  };
  // A request that has its texts itself: those of a batch.
  struct Owned {
    std::string method, path, query, body;
    bool inside = false;  // its body is a piece of the exchange's
    std::optional<ExchangeValues> values;
  };

  // Those that fit a request whose path is this.
  std::vector<AppSignatures::Candidate> find(std::string_view method, std::string_view path) const;
  bool holds(const AppSignatures::Candidate& candidate, ExchangeValues& values) const;
  void settle(std::size_t request, std::vector<AppSignatures::Candidate> candidates, bool inside);
  void open_batch(std::size_t request, const AppSignatures::Candidate& candidate);
  void open_elements(std::size_t request, const AppSignatures::Candidate& candidate);
  void add_beside(std::size_t request, const AppSignatures::Candidate& candidate);
  void add_mutations(const std::vector<AppSignatures::Candidate>& candidates);
  void drop_told_mutations();
  bool may_be_list() const;
  bool open_list();
  void read_override();
  std::size_t add_request(std::string_view method, std::string_view url, std::string body);
  // All that `found` tells; or, where `seen` is told already, what the reply adds to it.
  void describe(const Found& found, Recognised& seen);
  void describe_transfer(const Found& found, Recognised& seen);
  void tell_outcome(const Found& found, Recognised& seen);
  void describe_all();

  const AppSignatures& signatures_;
  std::string host_;
  std::string method_;
  std::string path_;
  std::string_view content_type_;
  std::vector<std::unique_ptr<Owned>> requests_;  // the exchange's own first
  std::vector<AppSignatures::Candidate> candidates_;
  std::vector<std::string> overrides_;  // methods that stand elsewhere in the request
  bool wants_body_ = false;
  bool may_be_batch_ = false;
  bool ended_ = false;  // what was read of the body is all of it
  bool hides_ = false;
  bool closed_ = false;
  std::size_t by_name_ = 0;  // of found_: those behind are what GraphQL does beside its name
  std::string reply_text_;
  std::optional<ReplyText> reply_;
  std::vector<Found> found_;
  std::vector<Recognised> activities_;
  const http::Headers* headers_ = nullptr;
};

}  // namespace sallyport::discovery
