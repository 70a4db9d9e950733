#include "discovery/logs/sink_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/core/text.h"
#include "discovery/events/decode.h"
#include "discovery/events/samples_for_tests.h"
#include "discovery/events/sink_text.h"

namespace sallyport::discovery {
namespace {

using samples::allowed;
using samples::TempDirectory;

void write(Sink& sink, int n) {
  const Event event = allowed(n);
  sink.write(std::span(&event, 1));
  sink.flush();
}

// The stream numbers of the records in a file; "?" for a line that is none.
std::string numbers(const std::string& path) {
  std::string out;
  const std::string content = samples::read_text(path);
  for (const std::string_view line : split(content, '\n')) {
    if (line.empty()) continue;
    const auto event = parse_event(line);
    out += (out.empty() ? "" : " ") + (event ? std::to_string(event->stream_id) : "?");
  }
  return out;
}

TEST(FileSink, AppendsOneLinePerEvent) {
  const TempDirectory directory;
  for (int n = 1; n <= 4; n += 2) {
    FileSink sink({.path = directory / "access.jsonl"});
    const Event events[] = {allowed(n), allowed(n + 1)};
    sink.write(events);
    EXPECT_EQ(sink.failures(), 0u);
    EXPECT_EQ(sink.trouble(), "");
  }
  EXPECT_EQ(numbers(directory / "access.jsonl"), "1 2 3 4");
}

TEST(FileSink, LetsNobodyElseRead) {
  const TempDirectory directory;
  FileSink sink({.path = directory / "access.jsonl"});
  write(sink, 1);
  struct stat status {};
  ASSERT_EQ(::stat(sink.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0137, 0u);
}

TEST(FileSink, RotatesBySizeAndKeepsSoMany) {
  const TempDirectory directory;
  FileSink sink({.path = directory / "access.jsonl", .rotate_at = 10, .keep = 2});
  for (int n = 1; n <= 5; ++n) write(sink, n);
  EXPECT_EQ(numbers(directory / "access.jsonl"), "5");
  EXPECT_EQ(numbers(directory / "access.jsonl.1"), "4");
  EXPECT_EQ(numbers(directory / "access.jsonl.2"), "3");
  EXPECT_FALSE(std::filesystem::exists(directory / "access.jsonl.3"));
  EXPECT_EQ(sink.failures(), 0u);
}

TEST(FileSink, KeepsNoneWhereNoneIsWanted) {
  const TempDirectory directory;
  FileSink sink({.path = directory / "access.jsonl", .rotate_at = 10, .keep = 0});
  for (int n = 1; n <= 3; ++n) write(sink, n);
  EXPECT_EQ(numbers(directory / "access.jsonl"), "3");
  EXPECT_FALSE(std::filesystem::exists(directory / "access.jsonl.1"));
}

TEST(FileSink, CountsTheSizeOfAnEarlierRun) {
  const TempDirectory directory;
  samples::write_text(directory / "access.jsonl", std::string(999, 'x') + "\n");
  FileSink sink({.path = directory / "access.jsonl", .rotate_at = 1000});
  write(sink, 1);
  EXPECT_EQ(numbers(directory / "access.jsonl"), "1");
  EXPECT_EQ(samples::read_text(directory / "access.jsonl.1").size(), 1000u);
}

TEST(FileSink, CountsWhatItCannotWriteAndComesBackByItself) {
  const TempDirectory directory;
  FileSink sink({.path = directory / "later/access.jsonl"});
  write(sink, 1);
  write(sink, 2);
  EXPECT_EQ(sink.failures(), 2u);
  EXPECT_EQ(sink.trouble(),
            (directory / "later/access.jsonl") + " cannot be opened: No such file or directory");
  std::filesystem::create_directory(directory / "later");
  sink.flush();
  EXPECT_EQ(sink.trouble(), "");
  write(sink, 3);
  EXPECT_EQ(sink.failures(), 2u);
  EXPECT_EQ(numbers(directory / "later/access.jsonl"), "3");
}

TEST(FileSink, CountsAFullDeviceAndSaysSoUntilItIsNot) {
  FileSink sink({.path = "/dev/full", .rotate_at = 0});
  write(sink, 1);
  EXPECT_EQ(sink.failures(), 1u);
  EXPECT_EQ(sink.trouble(), "/dev/full cannot be written: No space left on device");
  write(sink, 2);
  EXPECT_EQ(sink.failures(), 2u);
  EXPECT_EQ(sink.trouble(), "/dev/full cannot be written: No space left on device");
}

TEST(FileSink, TakesNoPipeThatCouldMakeItWait) {
  const TempDirectory directory;
  ASSERT_EQ(::mkfifo((directory / "pipe").c_str(), 0600), 0);
  FileSink sink({.path = directory / "pipe"});
  write(sink, 1);
  EXPECT_EQ(sink.failures(), 1u);
  EXPECT_EQ(sink.trouble(), (directory / "pipe") + " is no file: Invalid argument");
}

TEST(FileSink, FollowsLogrotateByItself) {
  const TempDirectory directory;
  FileSink sink({.path = directory / "access.jsonl"});
  write(sink, 1);
  std::filesystem::rename(directory / "access.jsonl", directory / "moved");
  write(sink, 2);
  std::filesystem::rename(directory / "access.jsonl", directory / "moved too");
  samples::write_text(directory / "access.jsonl", "");  // logrotate's `create`
  write(sink, 3);
  std::filesystem::remove(directory / "access.jsonl");
  write(sink, 4);
  EXPECT_EQ(numbers(directory / "moved"), "1");
  EXPECT_EQ(numbers(directory / "moved too"), "2");
  EXPECT_EQ(numbers(directory / "access.jsonl"), "4");
  EXPECT_EQ(sink.failures(), 0u);
}

TEST(FileSink, GoesOnAtTheFrontOfAFileThatWasCut) {
  const TempDirectory directory;
  FileSink sink({.path = directory / "access.jsonl", .rotate_at = 2000});
  write(sink, 1);
  write(sink, 2);
  std::filesystem::resize_file(directory / "access.jsonl", 0);  // logrotate's `copytruncate`
  write(sink, 3);
  write(sink, 4);
  EXPECT_EQ(numbers(directory / "access.jsonl"), "3 4");
  EXPECT_FALSE(std::filesystem::exists(directory / "access.jsonl.1"));
}

TEST(FileSink, OpensTheNameAnewWhenAsked) {
  const TempDirectory directory;
  FileSink sink({.path = directory / "access.jsonl"});
  write(sink, 1);
  std::filesystem::rename(directory / "access.jsonl", directory / "old");
  sink.reopen();
  sink.flush();
  write(sink, 2);
  EXPECT_EQ(numbers(directory / "old"), "1");
  EXPECT_EQ(numbers(directory / "access.jsonl"), "2");
}

TEST(FileSink, RotatesAtTheFirstEventOfADay) {
  const TempDirectory directory;
  samples::FakeClock clock;  // 22:00
  FileSink sink({.path = directory / "access.jsonl", .daily = true}, clock);
  write(sink, 1);
  clock.advance(std::chrono::minutes(119));
  write(sink, 2);
  clock.advance(std::chrono::minutes(1));
  write(sink, 3);
  clock.advance(std::chrono::hours(23));
  write(sink, 4);
  EXPECT_EQ(numbers(directory / "access.jsonl.1"), "1 2");
  EXPECT_EQ(numbers(directory / "access.jsonl"), "3 4");
}

TEST(FileSink, KnowsTheDayOfAFileFromAnEarlierRun) {
  const TempDirectory directory;
  samples::FakeClock clock;
  const auto write_once = [&](int n) {
    FileSink sink({.path = directory / "access.jsonl", .daily = true}, clock);
    write(sink, n);
  };
  write_once(1);
  const timespec yesterday[2] = {{1795392000, 0}, {1795392000, 0}};  // 2026-11-23 00:00, by mtime
  ASSERT_EQ(::utimensat(AT_FDCWD, (directory / "access.jsonl").c_str(), yesterday, 0), 0);
  write_once(2);
  clock.advance(std::chrono::hours(24));
  ASSERT_EQ(::utimensat(AT_FDCWD, (directory / "access.jsonl").c_str(), yesterday, 0), 0);
  write_once(3);
  EXPECT_EQ(numbers(directory / "access.jsonl.1"), "1 2");
  EXPECT_EQ(numbers(directory / "access.jsonl"), "3");
}

TEST(FileSink, DeletesWhatALargerKeepLeft) {
  const TempDirectory directory;
  for (int n = 1; n <= 6; ++n) {
    FileSink sink({.path = directory / "access.jsonl", .rotate_at = 10, .keep = n < 6 ? 4 : 1});
    write(sink, n);
  }
  EXPECT_EQ(numbers(directory / "access.jsonl"), "6");
  EXPECT_EQ(numbers(directory / "access.jsonl.1"), "5");
  EXPECT_FALSE(std::filesystem::exists(directory / "access.jsonl.2"));
  EXPECT_FALSE(std::filesystem::exists(directory / "access.jsonl.4"));
}

TEST(FileSink, WritesWhatItsFormatAndItsChoiceSay) {
  const TempDirectory directory;
  FileSinkOptions options{.path = directory / "squid.log", .format = LineFormat::squid()};
  options.only.add(Ending::blocked);
  FileSink sink(options);
  const Event events[] = {allowed(1), samples::blocked(2), allowed(3)};
  sink.write(events);
  EXPECT_EQ(samples::read_text(directory / "squid.log"),
            "1795471133.001      1 198.51.100.9 TCP_DENIED/403 0 POST "
            "https://www.dropbox.com/upload bob HIER_NONE/- -\n");
}

TEST(FileSink, EndsTheHalfLineOfACrash) {
  const TempDirectory directory;
  samples::write_text(directory / "access.jsonl", "{\"id\":\"01");
  FileSink sink({.path = directory / "access.jsonl"});
  write(sink, 1);
  EXPECT_EQ(numbers(directory / "access.jsonl"), "? 1");
}

TEST(FileSink, EndsTheHalfLineOfACrashWhereItRotatesAtOnce) {
  const TempDirectory directory;
  samples::write_text(directory / "access.jsonl", "{\"id\":\"01");
  FileSink sink({.path = directory / "access.jsonl", .rotate_at = 5});
  write(sink, 1);
  EXPECT_EQ(samples::read_text(directory / "access.jsonl.1"), "{\"id\":\"01\n");
  EXPECT_EQ(numbers(directory / "access.jsonl"), "1");
}

TEST(TextSink, WritesALinePerEvent) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  TextSink sink(ends[1], Colour::none);
  std::vector<Event> events;
  for (int n = 0; n < 100; ++n) events.push_back(allowed(n));  // More than one piece.
  sink.write(events);
  ::close(ends[1]);
  std::string expected;
  for (const Event& event : events) append_text(expected, event);
  std::string text(expected.size() + 1, '\0');
  const ssize_t got = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  ASSERT_GT(got, 0);
  text.resize(static_cast<std::size_t>(got));
  EXPECT_EQ(text, expected);
  EXPECT_EQ(sink.failures(), 0u);
}

TEST(TextSink, CountsTheLinesThatAReaderDoesNotTake) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  const std::string noise(1 << 20, 'x');
  while (::write(ends[1], noise.data(), noise.size()) > 0) {
  }
  TextSink sink(ends[1], Colour::none);
  std::vector<Event> events;
  for (int n = 0; n < 100; ++n) events.push_back(allowed(n));
  sink.write(events);
  EXPECT_EQ(sink.failures(), 100u);
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace sallyport::discovery
