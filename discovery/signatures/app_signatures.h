#pragma once
// The signatures of one app, ready to be asked: which of them may fit a request.
//
// Immutable; share it between threads. The cost of a question depends on this app's signatures
// alone, and of these on those whose path begins as the request's does.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/http/headers.h"
#include "base/yaml/node.h"
#include "discovery/signatures/signature.h"

namespace sallyport::discovery {

// A bit for each name of a field in a query (without its '?'); all bits where a name is escaped.
std::uint64_t names_in_query(std::string_view query);

class AppSignatures {
 public:
  static constexpr std::size_t kMost = 1000;  // signatures of an app

  // Reads <app>/activities.yaml. `own` are the ids of all apps, for `app:`.
  static Checked<std::shared_ptr<const AppSignatures>> read(const yaml::Node& node, std::string app,
                                                            Diagnostics& warnings);

  // What a request has, by which most signatures are ruled out before their patterns are looked at.
  struct Has {
    std::uint64_t query = ~std::uint64_t{0};  // names_in_query()
    const http::Headers* headers = nullptr;   // null: whatever it may be
  };
  // One that may fit: host, method and path do; its conditions have not been asked.
  struct Candidate {
    const Signature* signature = nullptr;
    const RequestLine* line = nullptr;
    const HostPattern* at = nullptr;  // null: any host of the app
    Variables variables;              // once bind() was called; they own what they bound
  };
  // False: no signature is for this method and has what it needs. Then find() need not be asked.
  bool may_fit(std::string_view method, const Has& has) const;
  // The most exact first; what was written first where two are equally exact. They live as long as
  // this, and have no variables yet.
  std::vector<Candidate> find(std::string_view host, std::string_view method,
                              const PathSegments& path, const Has& has) const;
  // REQUIRES: of find() for the same host and path.
  static void bind(Candidate& candidate, std::string_view host, const PathSegments& path);

  const std::string& app() const { return app_; }
  const std::vector<Signature>& all() const { return signatures_; }
  // Whether a host, or an instance, is for personal accounts only.
  bool is_personal(std::string_view host, std::string_view instance) const;

 private:
  static constexpr std::size_t kTexts = PathSegments::kHashed;
  // A line of a signature's requests, and by what it is passed over.
  struct Entry {
    std::uint32_t signature = 0;
    std::uint32_t line = 0;
    std::uint32_t methods = 0;  // a bit for each of methods_
    std::uint16_t fixed = 0;    // segments
    bool open = false;
    std::array<std::uint32_t, kTexts> texts{};  // folded_hash() of the first segments; 0: any
  };
  // What a signature cannot do without.
  struct Needs {
    std::uint64_t query = 0;  // bits of the names
    std::vector<std::string> headers;

    bool met(const Has& has) const;
  };
  void index();
  static Needs needs_of(const Signature& signature);
  std::uint32_t method_bit(std::string_view method) const;

  std::string app_;
  std::vector<Signature> signatures_;
  std::vector<Needs> needs_;          // by signature
  std::vector<std::string> methods_;  // that are named
  // By the first segment's hash, in its order; 0 for those that begin with a variable.
  std::vector<std::pair<std::uint32_t, std::vector<Entry>>> by_first_;
  // Which signatures are for the n-th of methods_; behind these, for all others.
  std::vector<std::vector<std::uint32_t>> by_method_;
  std::vector<HostPattern> personal_hosts_;
  std::vector<std::string> personal_instances_;  // sorted

  friend class SignatureReader;
};

}  // namespace sallyport::discovery
