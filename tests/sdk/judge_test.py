#!/usr/bin/python3 -B
"""The judge itself: what counts as right, wrong and missed."""

import unittest

import judge
import refused

UPLOAD = {"app": "dropbox", "verb": "upload", "object": {"kind": "file", "name": "a.pdf"}, "size": 10}


def counted(expected, kept, also=()):
    counts, _ = judge.judge(expected, list(also), kept)
    return {group: (count.right, count.wrong, count.missed) for group, count in counts.items()
            if count.right or count.wrong or count.missed}


class Judge(unittest.TestCase):
    def test_all_as_expected_is_right(self):
        kept = [{**UPLOAD, "object": {"kind": "file", "name": "/Q3/a.pdf", "id": "7"}}]
        self.assertEqual(counted([UPLOAD], kept),
                         {"verb": (1, 0, 0), "app": (1, 0, 0), "object": (2, 0, 0), "size": (1, 0, 0)})

    def test_a_name_is_no_part_of_another(self):
        kept = [{**UPLOAD, "object": {"kind": "file", "name": "extra.pdf"}}]
        self.assertEqual(counted([{"verb": "upload", "object": {"name": "a.pdf"}}], kept)["object"], (0, 1, 1))

    def test_a_missed_activity_misses_all_of_its_values(self):
        self.assertEqual(counted([UPLOAD], [{"verb": "other", "app": "dropbox"}]),
                         {"verb": (0, 0, 1), "app": (0, 0, 1), "object": (0, 0, 2), "size": (0, 0, 1)})

    def test_each_part_of_a_transfer_that_counts_by_itself_is_wrong(self):
        self.assertEqual(counted([UPLOAD], [UPLOAD, dict(UPLOAD), dict(UPLOAD)])["verb"], (1, 2, 0))

    def test_steps_of_one_session_are_one_activity_with_the_facts_of_all(self):
        steps = [{"verb": "upload", "app": "dropbox", "session": "s1", "object": {"name": "a.pdf", "kind": None}, "size": 4},
                 {"verb": "upload", "app": "dropbox", "session": "s1", "object": {"name": None, "kind": "file"}, "size": 10}]
        self.assertEqual(counted([UPLOAD], steps), {"verb": (1, 0, 0), "app": (1, 0, 0), "object": (2, 0, 0), "size": (1, 0, 0)})
        steps[1]["session"] = "s2"
        self.assertEqual(counted([UPLOAD], steps)["verb"], (1, 1, 0), "another session is another transfer")

    def test_the_domain_of_an_expected_address_goes_without_saying(self):
        expected = {"verb": "share", "target": {"email": "a@x.example"}}
        for domain, counts in (("x.example", (1, 0, 0)), ("y.example", (1, 1, 0))):
            with self.subTest(domain=domain):
                kept = [{"verb": "share", "target": {"email": "a@x.example", "domain": [domain]}}]
                self.assertEqual(counted([expected], kept)["target"], counts)

    def test_a_target_that_may_be_told_is_no_mistake_and_nothing_missed(self):
        expected = {"verb": "create", "may": {"user": "eve"}}
        for target, counts in (({"user": "eve"}, None), ({}, None), ({"user": "ana"}, (0, 1, 0))):
            with self.subTest(target=target):
                self.assertEqual(counted([expected], [{"verb": "create", "target": target}]).get("target"), counts)

    def test_looking_something_up_is_no_mistake_but_an_unexpected_login_is(self):
        kept = [UPLOAD, {"verb": "view"}, {"verb": "other"}, {"verb": "login"}]
        self.assertEqual(counted([UPLOAD], kept)["verb"], (1, 1, 0))
        self.assertEqual(counted([UPLOAD], kept, [{"verb": "login"}])["verb"], (1, 0, 0))

    def test_where_a_view_is_expected_it_must_be_there(self):
        self.assertEqual(counted([{"verb": "view"}], [{"verb": "edit"}])["verb"], (0, 1, 1))

    def test_a_target_or_administration_that_nobody_named_is_wrong(self):
        kept = [{**UPLOAD, "admin": True, "target": {"email": ["eve@rival.example"]}}]
        told = counted([UPLOAD], kept)
        self.assertEqual((told["target"], told["admin"]), ((0, 1, 0), (0, 1, 0)))

    def test_each_target_counts(self):
        expected = {"verb": "share", "target": {"email": ["a@x.example", "b@x.example"]}}
        for emails, counts in ((["A@x.example", "b@x.example"], (2, 0, 0)), ("a@x.example", (1, 0, 1)),
                               (["a@x.example", "c@x.example"], (1, 1, 1))):
            with self.subTest(emails=emails):
                self.assertEqual(counted([expected], [{"verb": "share", "target": {"email": emails}}])["target"], counts)

    def test_each_expected_one_takes_the_kept_one_that_fits_best(self):
        one, two = {"verb": "send", "target": {"email": "a@x.example"}}, {"verb": "send", "target": {"email": "b@x.example"}}
        self.assertEqual(counted([one, two], [dict(two), dict(one)]), {"verb": (2, 0, 0), "target": (2, 0, 0)})


class Refused(unittest.TestCase):
    ROW = {"within": 10, "most": 2, "shows": "words"}
    TOLD = {"error": "403", "said": f"{refused.SAYS['block']} https://sallyport.internal/ask/x"}

    def found(self, told=TOLD, took=1.0, endings=("blocked",), **row):
        events = [{"ending": ending} for ending in endings]
        return list(refused.judge({**self.ROW, **row}, "block", told, took, events))

    def test_a_program_that_ends_and_shows_what_is_said_is_right(self):
        self.assertEqual(self.found(), [])
        self.assertEqual(self.found({"error": "Forbidden (403)"}, shows="status"), [])
        self.assertEqual(self.found({"error": ""}, shows="nothing"), [])

    def test_each_fault_is_found(self):
        status, sentence = {"error": "403"}, {"error": "403 " + refused.SAYS["block"]}
        for fault, found in (("fail", self.found({"said": self.TOLD["said"] + "403"})), ("took", self.found(took=11)),
                             ("requests", self.found(endings=())), ("requests", self.found(endings=["blocked"] * 3)),
                             ("blocked", self.found(endings=["blocked", "completed"])),
                             ("nothing", self.found({"error": "no"}, shows="status")),
                             ("words", self.found(shows="status")), ("status", self.found(status)),
                             ("sentence", self.found(sentence))):
            with self.subTest(fault):
                self.assertEqual(len(found), 1, found)
                self.assertIn(fault, found[0])


if __name__ == "__main__":
    unittest.main()
