#include "discovery/catalog/app_index.h"

#include <gtest/gtest.h>
#include <map>
#include <random>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

// Each domain belongs to the app of its place in the list.
AppIndex make(const std::vector<std::string>& domains) {
  AppIndex index;
  for (std::uint32_t i = 0; i < domains.size(); ++i) {
    EXPECT_EQ(canonical_domain(domains[i]), domains[i]);
    EXPECT_EQ(index.claim(domains[i], i), std::nullopt) << domains[i];
  }
  return index;
}

std::string find(const AppIndex& index, std::string_view host, std::string_view path) {
  const auto found = path.empty() ? index.find(host) : index.find(host, path);
  return found.app == AppIndex::kNone ? "-" : std::to_string(found.app);
}

TEST(AppIndex, StopsAtSegments) {
  const auto index = make({"example.com/forms"});
  EXPECT_EQ(find(index, "example.com", "/forms"), "0");
  EXPECT_EQ(find(index, "example.com", "/forms/"), "0");
  EXPECT_EQ(find(index, "example.com", "/forms/d/1"), "0");
  EXPECT_EQ(find(index, "a.example.com", "/forms"), "0");
  EXPECT_EQ(find(index, "example.com", "/formsets"), "-");
  EXPECT_EQ(find(index, "example.com", "/x/forms"), "-");
  EXPECT_EQ(find(index, "example.com", "/"), "-");
  EXPECT_EQ(find(index, "example.com", "/*"), "-");
  EXPECT_EQ(find(index, "example.com", ""), "-");
  EXPECT_EQ(find(index, "notexample.com", "/forms"), "-");
}

TEST(AppIndex, TakesCaseAndParametersForNoOtherPath) {
  const auto index = make({"example.com/forms/d"});
  EXPECT_EQ(find(index, "example.com", "/Forms/D/x"), "0");
  EXPECT_EQ(find(index, "example.com", "/forms;v=1/d;a;b/x"), "0");
  EXPECT_EQ(find(index, "example.com", "/;x/forms/d"), "0");
  EXPECT_EQ(find(index, "example.com", "/forms%2Fd"), "-");
}

TEST(AppIndex, PrefersTheLongerHostThenTheLongerPath) {
  const auto index = make({"example.com", "docs.example.com", "example.com/docs",
                           "example.com/docs/forms", "docs.example.com/forms"});
  EXPECT_EQ(find(index, "example.com", "/"), "0");
  EXPECT_EQ(find(index, "example.com", "/docs/x"), "2");
  EXPECT_EQ(find(index, "example.com", "/docs/forms"), "3");
  EXPECT_EQ(find(index, "docs.example.com", "/docs/forms"), "1");
  EXPECT_EQ(find(index, "docs.example.com", "/forms"), "4");
  EXPECT_EQ(find(index, "x.docs.example.com", "/forms"), "4");
  EXPECT_EQ(find(index, "docs.example.com", ""), "1");
}

TEST(AppIndex, FallsBackToTheShorterHostWhereNoPathFits) {
  const auto index = make({"example.com", "docs.example.com/forms"});
  EXPECT_EQ(find(index, "docs.example.com", "/sheets"), "0");
  EXPECT_EQ(find(index, "docs.example.com", ""), "0");
}

TEST(AppIndex, KeepsPathsBelowAStarFromTheNameItself) {
  const auto index = make({"*.example.com/personal", "example.com/teams"});
  EXPECT_EQ(find(index, "a.example.com", "/personal/ana"), "0");
  EXPECT_EQ(find(index, "example.com", "/personal/ana"), "-");
  EXPECT_EQ(find(index, "a.example.com", "/teams"), "1");
}

TEST(AppIndex, RefusesAClaimThatOverlapsAndChangesNothing) {
  auto index = make({"*.example.com/a"});
  EXPECT_EQ(index.claim("example.com/a", 1), 0u);
  EXPECT_EQ(find(index, "example.com", "/a"), "-");
  EXPECT_EQ(find(index, "x.example.com", "/a"), "0");
  EXPECT_EQ(index.claim("example.com/a", 0), std::nullopt);
  EXPECT_EQ(find(index, "example.com", "/a"), "0");
}

TEST(AppIndex, EndsSoonOnPathsWithoutEnd) {
  const auto index = make({"example.com/a/a/a/a/a/a/a/a", "example.com/b"});
  std::string path;
  for (int i = 0; i < 30'000; ++i) path += "/a";
  EXPECT_EQ(find(index, "example.com", path), "0");
  EXPECT_EQ(find(index, "example.com", "/" + std::string(60'000, 'b')), "-");
}

TEST(CanonicalDomain, HasOneSpelling) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"Example.COM.", "example.com"},
      {"*.example.com", "*.example.com"},
      {"Docs.Example.com/Forms/", "docs.example.com/forms"},
      {"*.example.com/a/b.c_d~e-f", "*.example.com/a/b.c_d~e-f"},
      {"example.com/", "-"},
      {"example.com//", "-"},
      {"example.com/a/./b", "-"},
      {"example.com/a b", "-"},
      {"example.com/%61", "-"},
      {"example.com/a+b", "-"},
      {"example.com:8080/a", "-"},
      {"com/a", "-"},
      {"192.0.2.1/a", "-"},
      {"/a", "-"},
      {"*./a", "-"},
      {"", "-"},
  };
  for (const auto& [written, expected] : rows) {
    EXPECT_EQ(canonical_domain(written).value_or("-"), expected) << written;
  }
  std::string deep = "example.com";
  for (int i = 0; i < 14; ++i) deep.insert(0, "a.");
  EXPECT_EQ(canonical_domain(deep), deep);
  EXPECT_EQ(canonical_domain("a." + deep), std::nullopt);
  EXPECT_EQ(canonical_domain("a.example/" + std::string(kMaxAppPath, 'x')), std::nullopt);
}

// What the header says, in the plainest way: of all domains that cover host and path, the one with
// the longest name, then with the most segments.
std::string naive(const std::vector<std::string>& domains, std::string host, std::string path) {
  std::pair<std::size_t, std::size_t> best;
  std::string found = "-";
  for (std::size_t i = 0; i < domains.size(); ++i) {
    std::string name = domains[i];
    std::string prefix;
    if (const auto slash = name.find('/'); slash != std::string::npos) {
      prefix = name.substr(slash);
      name.resize(slash);
    }
    const bool only_below = name.starts_with("*.");
    if (only_below) name.erase(0, 2);
    const bool below = host.ends_with("." + name);
    if (!below && (only_below || host != name)) continue;
    if (!prefix.empty() && path != prefix && !path.starts_with(prefix + "/")) continue;
    const std::pair length(name.size(), prefix.size() + 1);
    if (length <= best) continue;
    best = length;
    found = std::to_string(i);
  }
  return found;
}

TEST(AppIndex, AgreesWithANaiveMatcher) {
  std::mt19937 random(17);
  const auto below = [&random](unsigned most) { return random() % most; };
  const auto words = [&](const char* separator, unsigned least, unsigned most) {
    std::string text;
    for (unsigned n = least + below(most - least + 1); n > 0; --n) {
      if (!text.empty() || *separator == '/') text += separator;
      text += std::string(1, static_cast<char>('a' + below(3)));
    }
    return text;
  };
  for (int round = 0; round < 300; ++round) {
    AppIndex index;
    std::vector<std::string> domains;
    for (int i = 0; i < 25; ++i) {
      std::string domain = (below(3) == 0 ? "*." : "") + words(".", 2, 4);
      if (below(2) == 0) domain += words("/", 1, 3);
      ASSERT_EQ(canonical_domain(domain), domain);
      if (!index.claim(domain, static_cast<std::uint32_t>(domains.size())))
        domains.push_back(domain);
    }
    for (int i = 0; i < 200; ++i) {
      const std::string host = words(".", 1, 6);
      const std::string path = words("/", 1, 5);
      ASSERT_EQ(find(index, host, path), naive(domains, host, path)) << host << path;
    }
  }
}

}  // namespace
}  // namespace sallyport::discovery
