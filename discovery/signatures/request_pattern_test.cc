#include "discovery/signatures/request_pattern.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

// What a pattern binds: "id=1 name=a", "" for nothing, "-" where it does not fit.
std::string bound(std::string_view pattern, std::string_view path) {
  const auto parsed = PathPattern::parse(pattern);
  if (!parsed) return "fault: " + parsed.error();
  Variables variables;
  const PathSegments segments(path);
  if (!parsed->fits(segments)) return "-";
  parsed->bind(segments, variables);
  std::string out;
  for (const auto& [name, value] : variables) {
    if (!out.empty()) out += ' ';
    out += std::string(name) + "=" + value;
  }
  return out;
}

std::string bound_host(std::string_view pattern, std::string_view host) {
  const auto parsed = HostPattern::parse(pattern);
  if (!parsed) return "fault: " + parsed.error();
  Variables variables;
  if (!parsed->fits(host)) return "-";
  parsed->bind(host, variables);
  return variables.empty() ? "" : std::string(variables[0].first) + "=" + variables[0].second;
}

TEST(PathPattern, IsComparedOnWholeSegmentsWithoutCase) {
  EXPECT_EQ(bound("/2/files/upload", "/2/files/upload"), "");
  EXPECT_EQ(bound("/2/files/upload", "/2/Files/UPLOAD/"), "");
  EXPECT_EQ(bound("/2/files/upload", "/2/files/uploads"), "-");
  EXPECT_EQ(bound("/2/files/upload", "/2/files"), "-");
  EXPECT_EQ(bound("/2/files/upload", "/2/files/upload/x"), "-");
  EXPECT_EQ(bound("/", "/"), "");
  EXPECT_EQ(bound("/", "/a"), "-");
}

TEST(PathPattern, UndoesEscapesOnceSoThatTheyHideNothing) {
  EXPECT_EQ(bound("/files/upload", "/files/%75pload"), "");
  EXPECT_EQ(bound("/files/upload", "/files/%2575pload"), "-");
  EXPECT_EQ(bound("/files/{id}", "/files/a%2Fb"), "id=a/b");
  EXPECT_EQ(bound("/files/{id}", "/files/a%zz"), "id=a%zz");
}

TEST(PathPattern, BindsSegmentsAndPartsOfThem) {
  EXPECT_EQ(bound("/drive/v3/files/{id}/permissions", "/drive/v3/files/1a/permissions"), "id=1a");
  EXPECT_EQ(bound("/models/{model}:generate", "/models/gemini-2:generate"), "model=gemini-2");
  EXPECT_EQ(bound("/models/{model}:generate", "/models/:generate"), "-");
  EXPECT_EQ(bound("/items('{id}')", "/items('7')"), "id=7");
  EXPECT_EQ(bound("/a(p={p},i={i})", "/a(p=x,i=y,z)"), "p=x i=y,z");
  EXPECT_EQ(bound("/*/{b}", "/x/y"), "b=y");
  EXPECT_EQ(bound("/{bucket}/{key...}", "/b/k/l"), "bucket=b key=k/l");
  EXPECT_EQ(bound("/{bucket}/{key...}", "/b"), "bucket=b key=");
  EXPECT_EQ(bound("/{bucket}/{key...}", "/"), "-");
}

TEST(PathPattern, RefusesWhatCannotBeMeant) {
  EXPECT_EQ(bound("a/b", "/"), "fault: a path begins with '/'");
  EXPECT_EQ(bound("/a?b=c", "/").substr(0, 6), "fault:");
  EXPECT_EQ(bound("/a//b", "/"), "fault: a segment is empty");
  EXPECT_EQ(bound("/{a", "/"), "fault: '{' is not closed");
  EXPECT_EQ(bound("/{a b}", "/"), "fault: 'a b' is no name of a variable");
  EXPECT_EQ(bound("/{a}{b}", "/"), "fault: two variables need text between them");
  EXPECT_EQ(bound("/x{a...}", "/"), "fault: {a...} stands alone");
  EXPECT_EQ(bound("/{a...}/b", "/"), "fault: nothing can follow {a...}");
}

TEST(PathPattern, PutsTheMoreExactOneFirst) {
  const std::string_view order[] = {"/a/b",   "/a/x{id}y", "/a/x{id}",       "/a/{id}",
                                    "/{x}/b", "/{x}/{y}",  "/{x}/{rest...}", "/{rest...}"};
  for (std::size_t i = 0; i < std::size(order); ++i) {
    for (std::size_t j = 0; j < std::size(order); ++j) {
      const auto left = PathPattern::parse(order[i]);
      const auto right = PathPattern::parse(order[j]);
      EXPECT_EQ(*left < *right, i < j) << order[i] << " " << order[j];
    }
  }
}

TEST(PathPattern, FitsNoPathOfManySegments) {
  std::string path;
  for (int i = 0; i < 100; ++i) path += "/a";
  EXPECT_EQ(bound("/{rest...}", path), "-");
}

TEST(HostPattern, CoversOneHostThoseBelowOrOneLabel) {
  EXPECT_EQ(bound_host("api.example.com", "API.example.com"), "");
  EXPECT_EQ(bound_host("api.example.com", "x.api.example.com"), "-");
  EXPECT_EQ(bound_host("*.example.com", "a.b.example.com"), "");
  EXPECT_EQ(bound_host("*.example.com", "example.com"), "-");
  EXPECT_EQ(bound_host("*.example.com", "evilexample.com"), "-");
  EXPECT_EQ(bound_host("{tenant}.example.com", "acme.example.com"), "tenant=acme");
  EXPECT_EQ(bound_host("{tenant}.example.com", "a.acme.example.com"), "-");
  EXPECT_EQ(bound_host("{tenant}-my.example.com", "acme-my.example.com"), "tenant=acme");
  EXPECT_EQ(bound_host("{tenant}-my.example.com", "-my.example.com"), "-");
}

TEST(HostPattern, RefusesWhatIsNoHost) {
  EXPECT_EQ(bound_host("localhost", ""), "fault: 'localhost' is no host");
  EXPECT_EQ(bound_host("a/b.com", ""), "fault: 'a/b.com' is no host");
  EXPECT_EQ(bound_host("a.{x}.com", ""), "fault: a variable stands in the first label");
}

}  // namespace
}  // namespace sallyport::discovery
