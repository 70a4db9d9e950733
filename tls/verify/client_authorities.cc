#include "tls/verify/client_authorities.h"

#include <algorithm>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "base/core/text.h"

namespace sallyport::tls {
namespace {

constexpr int kSecurityLevel = 2;
constexpr std::size_t kMaxLists = 200;
constexpr std::string_view kValid = "valid_client_certificate";

// Adds every revocation list of `pem`. "" where that worked.
std::string add_lists(const std::string& pem, x509_store_st* store) {
  if (pem.size() > ClientAuthorities::kMaxFile) return "the list is too large";
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::size_t count = 0;
  while (bio) {
    const ErrorMark mark;  // The end of the text is an error to OpenSSL.
    const CrlPtr list(PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr));
    if (!list) break;
    if (++count > kMaxLists) return "more than " + std::to_string(kMaxLists) + " lists";
    if (X509_STORE_add_crl(store, list.get()) != 1) return "a list cannot be used";
  }
  return count == 0 ? "no list of revoked certificates in PEM is there" : "";
}

X509StackPtr stack_of(std::span<const Certificate> certificates) {
  X509StackPtr stack(sk_X509_new_null());
  for (const Certificate& one : certificates) {
    if (!stack || X509_up_ref(one.native()) != 1) return nullptr;
    if (sk_X509_push(stack.get(), one.native()) == 0) {
      X509_free(one.native());
      return nullptr;
    }
  }
  return stack;
}

// "" where the chain holds.
std::string judge(x509_store_st* store, bool has_lists, std::span<const Certificate> chain,
                  Time at) {
  const ErrorMark mark;
  const X509StackPtr others = stack_of(chain.subspan(1));
  const StoreCtxPtr ctx(X509_STORE_CTX_new());
  if (!others || !ctx ||
      X509_STORE_CTX_init(ctx.get(), store, chain.front().native(), others.get()) != 1) {
    return "out of memory";
  }
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(ctx.get());
  X509_VERIFY_PARAM_set_time(param, std::chrono::system_clock::to_time_t(at));
  X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_CLIENT);
  X509_VERIFY_PARAM_set_auth_level(param, kSecurityLevel);
  X509_VERIFY_PARAM_set_depth(param, static_cast<int>(ClientAuthorities::kMaxChain));
  unsigned long flags = X509_V_FLAG_X509_STRICT | X509_V_FLAG_PARTIAL_CHAIN;
  // Of the device's own certificate. A list that is missing or out of date refuses it: otherwise
  // holding a list back would let revoked ones in.
  if (has_lists) flags |= X509_V_FLAG_CRL_CHECK;
  X509_VERIFY_PARAM_set_flags(param, flags);
  if (X509_verify_cert(ctx.get()) == 1) return "";
  return X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx.get()));
}

}  // namespace

std::expected<std::shared_ptr<const ClientAuthorities>, ClientAuthorities::Refusal>
ClientAuthorities::make(std::span<const Source> sources) {
  auto made = std::make_shared<ClientAuthorities>();
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const Source& source = sources[i];
    const auto refuse = [&](std::string why) {
      return std::unexpected(Refusal{i, std::move(why)});
    };
    const auto read = Certificate::all_from_pem(source.authorities, kMaxAuthorities);
    if (!read) return refuse("the authorities: " + read.error().detail);
    Entry entry;
    entry.store.reset(X509_STORE_new());
    if (!entry.store) return refuse("out of memory");
    for (const Certificate& authority : *read) {
      if (!authority.is_ca()) return refuse("'" + authority.subject() + "' is no authority");
      if (X509_STORE_add_cert(entry.store.get(), authority.native()) != 1) {
        return refuse("'" + authority.subject() + "' cannot be used: " + openssl_errors());
      }
      made->all_.push_back(authority);
    }
    for (const std::string& list : source.lists) {
      if (std::string why = add_lists(list, entry.store.get()); !why.empty()) {
        return refuse(std::move(why));
      }
      entry.has_lists = true;
    }
    entry.tags = source.tags;
    entry.tags.emplace_back(kValid);
    std::sort(entry.tags.begin(), entry.tags.end());
    entry.tags.erase(std::unique(entry.tags.begin(), entry.tags.end()), entry.tags.end());
    made->entries_.push_back(std::move(entry));
    if (made->all_.size() > kMaxAuthorities) {
      return refuse("more than " + std::to_string(kMaxAuthorities) + " authorities in all");
    }
  }
  return made;
}

DeviceProof ClientAuthorities::prove(std::span<const Certificate> chain, Time at) const {
  DeviceProof proof;
  if (chain.empty()) return proof;
  if (chain.size() > kMaxChain) {
    proof.fault = "more than " + std::to_string(kMaxChain) + " certificates";
    return proof;
  }
  for (const Entry& entry : entries_) {
    std::string fault = judge(entry.store.get(), entry.has_lists, chain, at);
    if (fault.empty()) {
      proof.tags.insert(proof.tags.end(), entry.tags.begin(), entry.tags.end());
    } else {
      // Of several, the last that knew the issuer would say most; the first is as good as any.
      if (proof.fault.empty()) proof.fault = std::move(fault);
    }
  }
  if (!proof.tags.empty()) proof.fault.clear();
  std::sort(proof.tags.begin(), proof.tags.end());
  proof.tags.erase(std::unique(proof.tags.begin(), proof.tags.end()), proof.tags.end());
  return proof;
}

}  // namespace sallyport::tls
