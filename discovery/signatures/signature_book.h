#pragma once
// The signatures of all apps.
//
// Immutable; share it between threads as shared_ptr<const SignatureBook>.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "discovery/catalog/catalog.h"
#include "discovery/signatures/app_signatures.h"

namespace sallyport::discovery {

class SignatureBook {
 public:
  // Reads <directory>/<app>/activities.yaml of every app that has one. A later directory's takes
  // the place of an earlier one's. An app that `catalog` does not know is an error, here and in
  // `app:`. Beside the folders may stand a generic.yaml of the same language.
  static Checked<std::shared_ptr<const SignatureBook>> load(
      const std::vector<std::string>& directories, const Catalog& catalog, Diagnostics& warnings);

  // Of any app: what is asked where an app has none of its own. From generic.yaml of
  // the last directory that has one; null where none has.
  const AppSignatures* generic() const { return generic_.get(); }
  // What is asked of an app: its own, else the generic ones.
  const AppSignatures* for_app(std::string_view app) const {
    const AppSignatures* own = app.empty() ? nullptr : find(app);
    return own != nullptr ? own : generic();
  }
  // Null where the app has none.
  const AppSignatures* find(std::string_view app) const {
    const auto at = apps_.find(app);
    return at == apps_.end() ? nullptr : at->second.get();
  }
  std::size_t apps() const { return apps_.size(); }
  std::size_t signatures() const;

 private:
  std::map<std::string, std::shared_ptr<const AppSignatures>, std::less<>> apps_;
  std::shared_ptr<const AppSignatures> generic_;
};

}  // namespace sallyport::discovery
