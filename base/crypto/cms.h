#pragma once
// Messages that only the holders of some certificates can read: CMS (RFC 5652) with AES-256-GCM
// (AuthEnvelopedData, RFC 5083 and 5084), in DER, written in pieces.
//
//   openssl cms -decrypt -inform DER -in FILE -inkey KEY.pem -recip CERT.pem

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/core/result.h"

namespace sallyport {

// Certificates of RSA or elliptic-curve keys. Immutable; from any thread.
class CmsRecipients {
 public:
  static constexpr std::size_t kMost = 16;

  // PEM; each of them can read a message. `invalid` where there is none, or one that nothing can be
  // enciphered to.
  static Result<std::shared_ptr<const CmsRecipients>> parse(std::string_view pem);
  ~CmsRecipients();
  std::size_t size() const;

 private:
  friend class CmsEnvelope;
  struct Certificates;
  explicit CmsRecipients(std::unique_ptr<Certificates> certificates);
  std::unique_ptr<Certificates> certificates_;
};

// One message. Of one thread.
class CmsEnvelope {
 public:
  explicit CmsEnvelope(const CmsRecipients& recipients);
  ~CmsEnvelope();
  CmsEnvelope(const CmsEnvelope&) = delete;
  CmsEnvelope& operator=(const CmsEnvelope&) = delete;

  // What is to be written of the message so far is appended to `out`.
  Result<void> write(std::string_view bytes, std::string& out);
  // The end. Nothing may be written after it. An error where nothing was written before it.
  Result<void> finish(std::string& out);

 private:
  struct Chain;
  std::unique_ptr<Chain> chain_;
};

}  // namespace sallyport
