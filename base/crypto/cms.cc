#include "base/crypto/cms.h"

#include <climits>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/core/check.h"

namespace sallyport {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(CMS_ContentInfo* message) const { CMS_ContentInfo_free(message); }
};

std::unexpected<Error> failed(const char* what) {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return fail(ErrorKind::invalid, Side::ours,
              std::string(what) + (reason == nullptr ? "" : std::string(": ") + reason));
}

}  // namespace

struct CmsRecipients::Certificates {
  STACK_OF(X509) * stack = sk_X509_new_null();
  ~Certificates() { sk_X509_pop_free(stack, X509_free); }
};

CmsRecipients::CmsRecipients(std::unique_ptr<Certificates> certificates)
    : certificates_(std::move(certificates)) {}
CmsRecipients::~CmsRecipients() = default;

std::size_t CmsRecipients::size() const {
  return static_cast<std::size_t>(sk_X509_num(certificates_->stack));
}

Result<std::shared_ptr<const CmsRecipients>> CmsRecipients::parse(std::string_view pem) {
  auto certificates = std::make_unique<Certificates>();
  CHECK(certificates->stack != nullptr && pem.size() <= INT_MAX);
  const std::unique_ptr<BIO, Free> in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  CHECK(in != nullptr);
  while (X509* one = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)) {
    CHECK(sk_X509_push(certificates->stack, one) > 0);
    const EVP_PKEY* key = X509_get0_pubkey(one);
    const int kind = key == nullptr ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(key);
    const bool fits =
        (kind == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= 2048) || kind == EVP_PKEY_EC;
    if (!fits) {
      ERR_clear_error();
      return fail(ErrorKind::invalid, Side::ours,
                  "a certificate's key is neither RSA of 2,048 bits or more nor elliptic");
    }
    if (sk_X509_num(certificates->stack) > static_cast<int>(kMost)) {
      return fail(ErrorKind::limit, Side::ours, "more than 16 certificates");
    }
  }
  ERR_clear_error();  // of the end of the text
  if (sk_X509_num(certificates->stack) == 0) {
    return fail(ErrorKind::invalid, Side::ours, "no certificate in PEM is in it");
  }
  std::shared_ptr<const CmsRecipients> made(new CmsRecipients(std::move(certificates)));
  // Whether each can be enciphered to, told here and not when the first copy is due.
  std::string ignored;
  CmsEnvelope trial(*made);
  if (Result<void> tried = trial.write("x", ignored); !tried) return pass_on(std::move(tried));
  if (Result<void> tried = trial.finish(ignored); !tried) return pass_on(std::move(tried));
  return made;
}

struct CmsEnvelope::Chain {
  std::unique_ptr<BIO, Free> out{BIO_new(BIO_s_mem())};
  std::unique_ptr<CMS_ContentInfo, Free> message;
  BIO* top = nullptr;  // ends in `out`

  ~Chain() { unlink(); }
  void unlink() {
    while (top != nullptr && top != out.get()) {
      BIO* next = BIO_pop(top);
      BIO_free(top);
      top = next;
    }
    top = nullptr;
  }
  void drain(std::string& to) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(out.get(), &bytes);
    if (size > 0) to.append(bytes, static_cast<std::size_t>(size));
    static_cast<void>(BIO_reset(out.get()));
  }
};

CmsEnvelope::CmsEnvelope(const CmsRecipients& recipients) : chain_(std::make_unique<Chain>()) {
  CHECK(chain_->out != nullptr);
  chain_->message.reset(CMS_encrypt(recipients.certificates_->stack, nullptr, EVP_aes_256_gcm(),
                                    CMS_BINARY | CMS_STREAM));
  if (chain_->message) chain_->top = BIO_new_CMS(chain_->out.get(), chain_->message.get());
}
CmsEnvelope::~CmsEnvelope() = default;

Result<void> CmsEnvelope::write(std::string_view bytes, std::string& out) {
  if (chain_->top == nullptr) return failed("nothing can be enciphered to the certificates");
  while (!bytes.empty()) {
    const int put = BIO_write(chain_->top, bytes.data(),
                              static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20)));
    if (put <= 0) return failed("enciphering failed");
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  chain_->drain(out);
  return {};
}

Result<void> CmsEnvelope::finish(std::string& out) {
  if (chain_->top == nullptr) return failed("nothing can be enciphered to the certificates");
  if (BIO_flush(chain_->top) != 1) return failed("enciphering failed");
  chain_->unlink();
  chain_->drain(out);
  return {};
}

}  // namespace sallyport
