#pragma once
// What imported records come to: the apps of the catalog that they are of, how many users and
// addresses used each, how often and how much.
//
// Users are told apart as they are written. Memory: a row for each app, and a number for each user
// and address of a row; at most kMostNames different users, addresses and hosts each are told
// apart, the rest are one.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "discovery/catalog/catalog.h"
#include "discovery/imports/import.h"

namespace sallyport::cli {

class ImportPicture {
 public:
  static constexpr std::size_t kMostNames = 1'000'000;

  explicit ImportPicture(std::shared_ptr<const discovery::Catalog> catalog);

  void add(const discovery::imports::LogRecord& record);

  // The files, then the apps, those with most bytes first: "table", "json", or "csv" with the apps
  // alone.
  std::string render(const std::vector<discovery::imports::ImportReport>& reports,
                     std::string_view format) const;

 private:
  struct Row {
    const discovery::App* app = nullptr;  // null: no app of the catalog
    std::uint64_t transactions = 0, blocked = 0, up = 0, down = 0, bytes = 0;
    std::unordered_set<std::uint32_t> users, addresses;
  };
  // Texts as numbers, in the order in which they came.
  class Names {
   public:
    std::uint32_t number(std::string_view text);
    std::size_t size() const { return numbers_.size(); }

   private:
    struct Hash : std::hash<std::string_view> {
      using is_transparent = void;
    };
    std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;
  };

  Row& row_of(const discovery::imports::LogRecord& record);
  std::vector<const Row*> sorted() const;
  std::string apps_list(std::string_view format) const;
  std::string text(const std::vector<discovery::imports::ImportReport>& reports) const;
  std::string json(const std::vector<discovery::imports::ImportReport>& reports) const;

  const std::shared_ptr<const discovery::Catalog> catalog_;
  std::unordered_map<const discovery::App*, Row> rows_;
  Row all_;
  Names users_, addresses_;
  Names unknown_hosts_;
  std::uint64_t without_host_ = 0;  // records that name an address only
};

}  // namespace sallyport::cli
