#include "proxy/session/upload_watch.h"

#include <gtest/gtest.h>

namespace sallyport::session {
namespace {

// Gives its text by plain calls, 7,000 bytes at once.
class Text final : public http::Body {
 public:
  explicit Text(std::string_view text) : text_(text) {}
  Task<Result<http::Bytes>> read(std::size_t most) override { co_return *read_now(most); }
  std::optional<Result<http::Bytes>> read_now(std::size_t most) override {
    const std::string_view piece = text_.substr(0, std::min<std::size_t>(most, 7000));
    text_.remove_prefix(piece.size());
    return std::as_bytes(std::span(piece));
  }
  bool at_end() const override { return text_.empty(); }

 private:
  std::string_view text_;
};

// What comes out by plain calls, in pieces of `most`; "!" where reading fails.
std::string drain(UploadWatch& watch, std::size_t most) {
  std::string out;
  for (;;) {
    const auto chunk = watch.read_now(most);
    if (!chunk) return out + "?";
    if (!*chunk) return out + "!";
    if ((*chunk)->empty()) return out;
    out.append(reinterpret_cast<const char*>((*chunk)->data()), (*chunk)->size());
  }
}

http::RequestHead put() {
  http::RequestHead head;
  head.method = "PUT";
  return head;
}

std::string sample(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 131 >> 3);
  return text;
}

TEST(UploadWatch, KeepsTheEndBackUntilAllOfItWasSeenAndGivesItThen) {
  const http::RequestHead head = put();
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, UploadWatch::kKeptBack,
                                 UploadWatch::kKeptBack + 1, 20 * UploadWatch::kKeptBack + 7}) {
    const std::string text = sample(size);
    Text body(text);
    UploadWatch watch(body, head, true);
    int asked = 0;
    watch.keep_back([&] {
      ++asked;
      EXPECT_EQ(watch.files().all().front().size, size);
      return true;
    });
    EXPECT_EQ(drain(watch, 10'000), text) << size;
    EXPECT_EQ(asked, 1);
    EXPECT_TRUE(watch.at_end());
  }
}

TEST(UploadWatch, NeverGivesAllOfWhatIsStopped) {
  const http::RequestHead head = put();
  for (const std::size_t size :
       {std::size_t{1}, UploadWatch::kKeptBack, 20 * UploadWatch::kKeptBack + 7}) {
    const std::string text = sample(size);
    Text body(text);
    UploadWatch watch(body, head, true);
    watch.keep_back([] { return false; });
    std::string went = drain(watch, 10'000);
    ASSERT_TRUE(went.ends_with('!'));
    went.pop_back();
    EXPECT_EQ(went, text.substr(0, size - std::min(size, UploadWatch::kKeptBack))) << size;
    EXPECT_EQ(drain(watch, 10'000), "!") << "and goes on failing";
  }
}

}  // namespace
}  // namespace sallyport::session
