#include "discovery/signatures/signature_book.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>

namespace sallyport::discovery {
namespace {

namespace fs = std::filesystem;

void check_apps(const AppSignatures& app, const Catalog& catalog, Diagnostics& found) {
  for (const Signature& signature : app.all()) {
    if (signature.app.empty() || catalog.find(signature.app) != nullptr) continue;
    std::vector<std::string_view> ids;
    for (const App& one : catalog.apps()) ids.push_back(one.facts.id);
    found.error(signature.place, fmt::format("no app is called '{}'", signature.app),
                did_you_mean(signature.app, ids));
  }
}

}  // namespace

Checked<std::shared_ptr<const SignatureBook>> SignatureBook::load(
    const std::vector<std::string>& directories, const Catalog& catalog, Diagnostics& warnings) {
  auto book = std::make_shared<SignatureBook>();
  Diagnostics errors;
  for (const std::string& directory : directories) {
    std::vector<fs::path> files;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(directory, failed)) {
      const fs::path file = entry.path() / "activities.yaml";
      std::error_code ignored;
      if (!entry.path().filename().string().starts_with('.') && fs::exists(file, ignored)) {
        files.push_back(file);
      }
    }
    std::ranges::sort(files);
    const fs::path generic = fs::path(directory) / "generic.yaml";
    if (std::error_code ignored; fs::exists(generic, ignored)) {
      auto node = yaml::parse_file(generic.string());
      auto read = node ? AppSignatures::read(*node, "generic", warnings)
                       : Checked<std::shared_ptr<const AppSignatures>>(
                             std::unexpected(std::move(node.error())));
      if (read) {
        book->generic_ = std::move(*read);
      } else {
        errors.append(std::move(read.error()));
      }
    }
    for (const fs::path& file : files) {
      const std::string id = file.parent_path().filename().string();
      auto node = yaml::parse_file(file.string());
      if (!node) {
        errors.append(std::move(node.error()));
        continue;
      }
      if (catalog.find(id) == nullptr) {
        errors.error(node->place, fmt::format("no app is called '{}', as the folder is", id),
                     "its app.yaml is missing, or has another id");
        continue;
      }
      auto app = AppSignatures::read(*node, id, warnings);
      if (!app) {
        errors.append(std::move(app.error()));
        continue;
      }
      check_apps(**app, catalog, errors);
      book->apps_[id] = std::move(*app);
    }
  }
  if (errors.has_errors()) return std::unexpected(std::move(errors));
  return book;
}

std::size_t SignatureBook::signatures() const {
  std::size_t count = 0;
  for (const auto& [id, app] : apps_) count += app->all().size();
  return count;
}

}  // namespace sallyport::discovery
