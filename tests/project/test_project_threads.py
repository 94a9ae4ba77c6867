"""Threads that read while the project ends."""

import threading

from project_steps import SIZE, blank, painted, record

from segstudio.core.errors import StorageError


def test_ending_a_project_while_others_read_it_is_no_crash(places, make_step):
    project = places.project()
    planes = blank()
    for index in range(30):
        patch = painted(planes, index % 2)
        project.keep_step(record("a.png", planes), patch)
    assert project.flush(10) == ""
    stop, read = threading.Event(), []

    def look() -> None:
        while not stop.is_set():
            try:
                found = project.load("a.png", SIZE)
            except StorageError:
                continue
            read.append(found.planes.labels.tolist() == planes.labels.tolist())

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(60):
        super(type(project), project).close()
    project.end()
    stop.set()
    for thread in threads:
        thread.join(10)
    super(type(project), project).close()
    assert read
    assert all(read)


def test_a_project_that_ended_can_be_ended_again(places, make_step):
    project = places.project()
    make_step(project)
    project.end()
    project.end()
    assert [path.name for path in places.images.iterdir()] == ["project.segstudio"]
