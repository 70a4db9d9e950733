#include "proxy/delivery/curl_session.h"

#include <algorithm>
#include <cstring>
#include <curl/curl.h>

#include "base/core/check.h"
#include "base/core/text.h"

namespace sallyport::delivery {
namespace {

constexpr std::size_t kMostHeads = 64 * 1024;  // bytes of all heads of one answer
constexpr std::size_t kMostBody = 64 * 1024;   // bytes that are read
constexpr std::size_t kMostText = 1024;        // bytes that are kept
constexpr long kConnectSeconds = 10;
constexpr long kIdleSeconds = 60;  // a connection that rested longer is not used again

// What the callbacks note of one transfer.
struct Transfer {
  const std::atomic<bool>& abandoned;
  CurlAnswer answer;
  bool http = false;
  int head_status = 0;  // of the head that is being read
  std::size_t heads = 0;
  std::size_t body = 0;
  const char* why = nullptr;  // why a callback ended it
  std::string_view unsent;    // SMTP
};

std::size_t take_head(char* data, std::size_t, std::size_t size, void* to) {
  auto& transfer = *static_cast<Transfer*>(to);
  std::string_view line(data, size);
  transfer.heads += size;
  if (transfer.heads > kMostHeads) {
    transfer.why = "heads of more than 64 KiB";
    return 0;
  }
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  if (!transfer.http) {
    transfer.answer.text = line.substr(0, kMostText);  // the last reply
    return size;
  }
  if (istarts_with(line, "http/")) {
    const std::size_t blank = line.find(' ');
    transfer.head_status = 0;
    if (blank == std::string_view::npos) return size;
    const auto status = parse_decimal(line.substr(blank + 1, 3));
    if (status && *status < 1000) transfer.head_status = static_cast<int>(*status);
  } else if (line.empty()) {
    // A head is whole; those before the final one do not count.
    if (transfer.head_status >= 200) transfer.answer.status = transfer.head_status;
  } else if (istarts_with(line, "retry-after:")) {
    const auto seconds = parse_decimal(trim(line.substr(std::strlen("retry-after:"))));
    if (seconds && *seconds <= 86'400) {
      transfer.answer.retry_after = std::chrono::seconds(static_cast<long>(*seconds));
    }
  }
  return size;
}

std::size_t take_body(char* data, std::size_t, std::size_t size, void* to) {
  auto& transfer = *static_cast<Transfer*>(to);
  std::string& text = transfer.answer.text;
  text.append(data, std::min(size, kMostText - std::min(kMostText, text.size())));
  transfer.body += size;
  if (transfer.body <= kMostBody) return size;
  transfer.why = "an answer of more than 64 KiB";
  return 0;
}

std::size_t give_mail(char* into, std::size_t, std::size_t room, void* from) {
  auto& transfer = *static_cast<Transfer*>(from);
  const std::size_t count = std::min(room, transfer.unsent.size());
  std::memcpy(into, transfer.unsent.data(), count);
  transfer.unsent.remove_prefix(count);
  return count;
}

int go_on(void* to, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(to)->abandoned.load() ? 1 : 0;
}

template <class... Value>
void set(CURL* easy, CURLoption option, Value... value) {
  // Refused only where this libcurl lacks what Debian 12's has: then nothing may be sent.
  CHECK(::curl_easy_setopt(easy, option, value...) == CURLE_OK);
}

class List {
 public:
  ~List() { ::curl_slist_free_all(first_); }
  void add(const std::string& text) {
    curl_slist* longer = ::curl_slist_append(first_, text.c_str());
    CHECK(longer != nullptr);
    first_ = longer;
  }
  curl_slist* get() const { return first_; }

 private:
  curl_slist* first_ = nullptr;
};

void trust(CURL* easy, const Roots& roots) {
  set(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(easy, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  if (!roots.pem.empty()) {
    curl_blob blob{const_cast<char*>(roots.pem.data()), roots.pem.size(), CURL_BLOB_COPY};
    set(easy, CURLOPT_CAINFO, static_cast<const char*>(nullptr));
    set(easy, CURLOPT_CAINFO_BLOB, &blob);
  } else {
    set(easy, CURLOPT_CAINFO, roots.file.empty() ? "/nonexistent" : roots.file.c_str());
  }
}

void begin_transfer(CURL* easy, Transfer& transfer, std::chrono::milliseconds timeout) {
  ::curl_easy_reset(easy);  // Keeps connections.
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_PROXY, "");
  set(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  set(easy, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  set(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT,
      std::max(1L, static_cast<long>(timeout.count() / 1000)));
  set(easy, CURLOPT_MAXAGE_CONN, kIdleSeconds);
  set(easy, CURLOPT_MAXCONNECTS, 2L);
  set(easy, CURLOPT_HEADERFUNCTION, &take_head);
  set(easy, CURLOPT_HEADERDATA, &transfer);
  set(easy, CURLOPT_WRITEFUNCTION, &take_body);
  set(easy, CURLOPT_WRITEDATA, &transfer);
  set(easy, CURLOPT_NOPROGRESS, 0L);
  set(easy, CURLOPT_XFERINFOFUNCTION, &go_on);
  set(easy, CURLOPT_XFERINFODATA, &transfer);
}

CURLcode perform(CURL* easy, Transfer& transfer) {
  char words[CURL_ERROR_SIZE] = "";
  set(easy, CURLOPT_ERRORBUFFER, &words[0]);
  const CURLcode code = ::curl_easy_perform(easy);
  ::curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, nullptr);
  if (code == CURLE_OK) return code;
  if (transfer.why != nullptr) {
    transfer.answer.error = transfer.why;
  } else if (code == CURLE_ABORTED_BY_CALLBACK) {
    transfer.answer.error = "given up";
  } else {
    transfer.answer.error = words[0] != '\0' ? words : ::curl_easy_strerror(code);
  }
  return code;
}

}  // namespace

struct CurlSession::Easy {
  CURL* handle = ::curl_easy_init();
  ~Easy() { ::curl_easy_cleanup(handle); }
};

void CurlSession::begin() { CHECK(::curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK); }

CurlSession::CurlSession() : easy_(std::make_unique<Easy>()) { CHECK(easy_->handle != nullptr); }

CurlSession::~CurlSession() = default;

CurlAnswer CurlSession::post(const HttpPost& what) {
  CURL* easy = easy_->handle;
  Transfer transfer{abandoned_, {}, true, 0, 0, 0, nullptr, {}};
  begin_transfer(easy, transfer, what.timeout);
  List fields;
  for (const std::string& field : what.fields) fields.add(field);
  fields.add("User-Agent: Sallyport");
  fields.add("Expect:");  // Bodies are small: no round of 100-continue.
  set(easy, CURLOPT_URL, what.url.c_str());
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(easy, CURLOPT_HTTPHEADER, fields.get());
  set(easy, CURLOPT_POST, 1L);
  set(easy, CURLOPT_POSTFIELDS, what.body.c_str());
  set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(what.body.size()));
  trust(easy, what.roots);
  perform(easy, transfer);
  ::curl_easy_reset(easy);  // What it pointed to ends here.
  return std::move(transfer.answer);
}

CurlAnswer CurlSession::send(const SmtpMail& what) {
  CURL* easy = easy_->handle;
  const MailOptions& options = what.options;
  Transfer transfer{abandoned_, {}, false, 0, 0, 0, nullptr, what.message};
  begin_transfer(easy, transfer, what.timeout);
  List to;
  for (const std::string& one : options.to) to.add("<" + one + ">");
  const std::string url = options.url + "/" + what.hello;
  const std::string from = "<" + options.from + ">";
  set(easy, CURLOPT_URL, url.c_str());
  set(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(easy, CURLOPT_USE_SSL, static_cast<long>(options.need_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  if (!options.user.empty()) {
    set(easy, CURLOPT_USERNAME, options.user.c_str());
    set(easy, CURLOPT_PASSWORD, options.password.c_str());
  }
  set(easy, CURLOPT_MAIL_FROM, from.c_str());
  set(easy, CURLOPT_MAIL_RCPT, to.get());
  set(easy, CURLOPT_MAIL_RCPT_ALLLOWFAILS,
      1L);  // one mailbox that is gone keeps it from nobody else
  set(easy, CURLOPT_UPLOAD, 1L);
  set(easy, CURLOPT_READFUNCTION, &give_mail);
  set(easy, CURLOPT_READDATA, &transfer);
  trust(easy, options.roots);
  const CURLcode code = perform(easy, transfer);
  long status = 0;
  ::curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  transfer.answer.status = static_cast<int>(status);
  transfer.answer.taken = code == CURLE_OK;
  // Before the envelope a 5xx is no word on this mail: whoever is in between may say it, and a
  // server may say it to everybody for an hour.
  const bool begun = code == CURLE_SEND_ERROR || transfer.unsent.size() < what.message.size();
  transfer.answer.refused = begun && code != CURLE_OK && status >= 500 && status < 600;
  ::curl_easy_reset(easy);
  return std::move(transfer.answer);
}

}  // namespace sallyport::delivery
