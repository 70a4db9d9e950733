#pragma once
// The signatures of one app, ready to be asked: which of them may fit a request.
//
// Immutable; share it between threads. The cost of a question depends on this app's signatures
// alone, and of these on those whose path begins as the request's does.

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/yaml/node.h"
#include "discovery/signatures/signature.h"

namespace sallyport::discovery {

class AppSignatures {
 public:
  static constexpr std::size_t kMost = 1000;  // signatures of an app

  // Reads <app>/activities.yaml. `own` are the ids of all apps, for `app:`.
  static Checked<std::shared_ptr<const AppSignatures>> read(const yaml::Node& node, std::string app,
                                                            Diagnostics& warnings);

  // One that may fit: host, method and path do; its conditions have not been asked.
  struct Candidate {
    const Signature* signature = nullptr;
    Variables variables;
  };
  // False: no signature is for this method, or all of them ask for something in the query and there
  // is none. Then find() need not be asked.
  bool may_fit(std::string_view method, bool has_query) const;
  // The most exact first; what was written first where two are equally exact. Views into `host`
  // are none: variables own what they bound. They live as long as this.
  std::vector<Candidate> find(std::string_view host, std::string_view method,
                              const PathSegments& path) const;

  const std::string& app() const { return app_; }
  const std::vector<Signature>& all() const { return signatures_; }
  // Whether a host, or an instance, is for personal accounts only.
  bool is_personal(std::string_view host, std::string_view instance) const;

 private:
  struct Entry {
    std::uint32_t signature;
    std::uint32_t line;  // of its requests
  };
  void index();

  std::string app_;
  std::vector<Signature> signatures_;
  std::map<std::string, std::vector<Entry>, std::less<>> by_first_;  // by the first segment
  // Of all; empty where some signature takes any. True: some fits without a query.
  std::map<std::string, bool, std::less<>> methods_;
  std::vector<Entry> others_;  // that begin with a variable
  std::vector<HostPattern> personal_hosts_;
  std::vector<std::string> personal_instances_;  // sorted

  friend class SignatureReader;
};

}  // namespace sallyport::discovery
