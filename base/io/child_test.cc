#include "base/io/child.h"

#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace sallyport::io {
namespace {

Child shell(std::string script) {
  Child child;
  child.words = {"sh", "-c", std::move(script)};
  child.environment = {"PATH=/usr/bin:/bin", "COLOUR=blue"};
  return child;
}

TEST(Child, TellsWhatItSaidAndHowItEnded) {
  const auto done = run_child(shell("echo out; echo err >&2; exit 3"));
  ASSERT_TRUE(done) << describe(done.error());
  EXPECT_EQ(done->output, "out\n");
  EXPECT_EQ(done->errors, "err\n");
  EXPECT_EQ(done->code, 3);
  const auto killed = run_child(shell("kill -TERM $$"));
  ASSERT_TRUE(killed);
  EXPECT_EQ(killed->code, 128 + SIGTERM);
}

TEST(Child, ReadsItsInputHoweverMuchItIs) {
  Child child = shell("cat");
  child.input = std::string(900'000, 'x') + "end";
  const auto done = run_child(child);
  ASSERT_TRUE(done) << describe(done.error());
  EXPECT_EQ(done->output, child.input);
  // One that does not want it is no fault.
  child.words[2] = "echo done";
  EXPECT_EQ(run_child(child)->output, "done\n");
}

TEST(Child, TakesItsWordsAsTheyStand) {
  Child child;
  child.words = {"printf", "%s|", "$HOME `id`", "; ls", ""};
  child.environment = {"PATH=/usr/bin:/bin"};
  EXPECT_EQ(run_child(child)->output, "$HOME `id`|; ls||");
}

TEST(Child, InheritsTheEnvironmentThatItIsGivenAndNothingElse) {
  ASSERT_EQ(::setenv("SALLYPORT_CHILD_TEST", "seen", 1), 0);
  const int file = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC
  ASSERT_GE(file, 0);
  ASSERT_EQ(::fcntl(file, F_SETFD, 0), 0);
  sigset_t blocked, before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto ignored = ::signal(SIGPIPE, SIG_IGN);
  // Signals 32 and 33 are the C library's own.
  const auto done =
      run_child(shell("echo $COLOUR $SALLYPORT_CHILD_TEST; for f in 3 4 5 6 7 8 9; do "
                      "[ -e /proc/$$/fd/$f ] && echo open $f; done; "
                      "for w in SigBlk SigIgn; do m=$(grep $w /proc/$$/status | cut -f2); "
                      "echo $w $((0x$m & 0x7fffffff)); done"));
  ::signal(SIGPIPE, ignored);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::close(file);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->output, "blue\nSigBlk 0\nSigIgn 0\n");
}

TEST(Child, WorksInItsFolder) {
  Child child = shell("pwd");
  child.folder = "/usr";
  EXPECT_EQ(run_child(child)->output, "/usr\n");
  child.folder = "/no/such/folder";
  EXPECT_FALSE(run_child(child));
}

TEST(Child, IsKilledWithWhatItStartedWhenItTakesTooLong) {
  // The inner one holds the line open, and would for ever.
  Child child = shell("sh -c 'while :; do sleep 100; done' & echo begun; wait");
  child.patience = std::chrono::milliseconds(200);
  const auto done = run_child(child);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::timed_out);
  // One that closes its output, too.
  child.words[2] = "exec >&- 2>&-; while :; do sleep 100; done";
  EXPECT_EQ(run_child(child).error().kind, ErrorKind::timed_out);
}

TEST(Child, IsKilledWhenItSaysTooMuch) {
  Child child = shell("while :; do echo more and more; done");
  child.most_output = 100'000;
  const auto done = run_child(child);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::limit);
  // Of what it complains of only the beginning is kept, and it goes on.
  child.words[2] = "head -c 1000000 /dev/zero >&2; echo done";
  const auto complained = run_child(child);
  ASSERT_TRUE(complained);
  EXPECT_EQ(complained->errors.size(), kMostErrors);
  EXPECT_EQ(complained->output, "done\n");
}

TEST(Child, SaysThatThereIsNoSuchProgram) {
  Child child;
  child.words = {"no-such-program-anywhere"};
  const auto done = run_child(child);
  ASSERT_FALSE(done);
  EXPECT_EQ(describe(done.error()),
            "ours not_found: no-such-program-anywhere: No such file or directory");
}

}  // namespace
}  // namespace sallyport::io
