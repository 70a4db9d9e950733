"""No room in the state directory: traffic goes on, what is blocked stays blocked and is kept, nothing is lost."""

import kit
from kit.room import ShortFiles, SmallDisk


class Scarce(kit.Scenario):
    """What must hold, whatever takes the room away."""

    journal_fits = True  # Whether the journal, whose room is taken at the start, can still be written.

    @classmethod
    def prepare_room(cls, room):
        authority = kit.Authority(cls)
        cls.room = room
        cls.nginx = kit.Nginx(cls, [kit.Site("files.box.com", "mega.nz",
                                             identity=authority.issue("files.box.com", "mega.nz"))])
        cls.nginx.write("/a.txt", "still here\n")
        cls.gateway = kit.Gateway(
            cls, roots=[authority.certificate],
            resolve={"files.box.com": cls.nginx.tls, "mega.nz": cls.nginx.tls},
            config={"state": {"directory": str(room.directory / "state")}}, restore_signals=room.restore_signals)
        cls.curl = staticmethod(kit.Curl(cls.gateway))

    def check_that_nothing_stops(self):
        self.curl("https://files.box.com/a.txt?before")
        self.gateway.wait_for_activities(1)
        self.room.fill(self.gateway)
        # There may be slack in files that are already that large.
        sent = []

        def failing():
            for _ in range(10):
                sent.append(self.curl("https://files.box.com/a.txt?" + "x" * 500).text)
            return self.gateway.metric("sallyport_store_failures_total") > 0
        kit.wait_until(failing, "the store cannot be written", deadline=30)
        self.assertEqual(set(sent), {"still here\n"}, "traffic goes on")
        self.assertIn("the event store cannot be written", self.gateway.log())

        events = []
        for number in range(5):
            reply = self.curl("-d", "x", f"https://mega.nz/while-full-{number}")
            self.assertEqual(reply.status, 403, "what is blocked stays blocked")
            events.append(reply.header("sallyport-event"))
        self.assertEqual(self.nginx.requests(host="mega.nz"), [])
        if self.journal_fits:
            kit.wait_until(lambda: self.gateway.metric("sallyport_events_journaled_total") >= 5,
                           "blocked events are in the journal")
        self.assertEqual(self.gateway.metric("sallyport_events_dropped_total"), 0)
        self.assertEqual(self.curl("https://files.box.com/a.txt?after").text, "still here\n")

        self.room.free(self.gateway)
        rows = self.gateway.wait_for_activities(5, "--verdict", "block", deadline=45)
        self.assertEqual({row["id"] for row in rows}, set(events))
        # What was allowed meanwhile waited in memory and is there as well.
        self.gateway.wait_for_activities(len(sent) + 2, "--app", "box", deadline=45)
        self.assertEqual(self.gateway.metric("sallyport_events_dropped_total"), 0)
        self.assertIn("works again", self.gateway.log())

    def check_that_the_journal_survives_a_crash(self):
        """Killed while there is no room: the next start brings the journal into the store."""
        known = len(self.gateway.activities("--verdict", "block"))
        self.room.fill(self.gateway)

        def failing():
            self.curl("https://files.box.com/a.txt?" + "x" * 500)
            return "the event store cannot be written" in self.gateway.log().rsplit("store works again", 1)[-1]
        kit.wait_until(failing, "the store cannot be written", deadline=30)
        before = self.gateway.metric("sallyport_events_journaled_total")
        event = self.curl("https://mega.nz/before-the-crash").header("sallyport-event")
        kit.wait_until(lambda: self.gateway.metric("sallyport_events_journaled_total") > before, "it is in the journal")
        self.gateway.process.kill()
        self.gateway.process.wait()
        self.room.free(self.gateway)
        self.gateway.start()
        rows = self.gateway.wait_for_activities(known + 1, "--verdict", "block")
        self.assertIn(event, {row["id"] for row in rows})


class ShortFilesTest(Scarce):
    @classmethod
    def prepare(cls):
        # A limit on the size of files stops writes inside the journal as well; its events wait in memory.
        cls.journal_fits = False
        cls.prepare_room(ShortFiles(cls))

    def test_nothing_stops_where_files_may_not_grow(self):
        self.check_that_nothing_stops()


class SmallDiskTest(Scarce):
    @classmethod
    def prepare(cls):
        cls.prepare_room(SmallDisk(cls, "size=6m"))

    def test_nothing_stops_where_the_disk_is_full(self):
        self.check_that_nothing_stops()
        self.check_that_the_journal_survives_a_crash()


class ReadOnly(kit.Scenario):
    def test_a_state_that_cannot_be_written_is_told_at_the_start(self):
        disk = SmallDisk(self, "ro")
        gateway = kit.Gateway(self, start=False, config={"state": {"directory": str(disk.directory / "state")}})
        done = gateway.command("run", "-c", gateway.config, code=3)
        self.assertIn(f"cannot make {disk.directory}/state: Read-only file system", done.stderr)
        self.assertEqual(done.stdout, "", "it does not say that it runs")
