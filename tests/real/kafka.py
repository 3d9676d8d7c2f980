"""The real Apache Kafka from Maven Central, one broker in KRaft's combined mode, for tests and benchmarks.

Needs Java 17 or newer and Maven. ``SEATRIAL_TEST_KAFKA`` (a bootstrap address) is used instead where it is set; a
stand-in broker (`noida-db`) where there is no Java. `open_kafka` chooses.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Protocol

from tests.real.process import LOOPBACK, Missing, Server, accepts, free_port

VERSION = "4.3.1"
CACHE = Path(__file__).parents[2] / ".cache"
LOG4J = "2.24.3"
CLUSTER = "c2VhdHJpYWwtdGVzdHMtMQ"
"""Base 64 of 16 bytes, as Kafka wants it."""


class Broker(Protocol):
    """A running broker. ``version`` is what a test run prints; ``weakens`` says what a stand-in leaves untested."""

    bootstrap: str
    version: str
    weakens: str

    def close(self) -> None: ...


class RealKafka:
    """One broker with a data folder of its own. The folder and the port stay over `kill`, `stop` and `start`."""

    weakens = ""

    def __init__(self, kafka_version: str = VERSION) -> None:
        self.version = f"Apache Kafka {kafka_version}"
        self._jars = fetch_jars(kafka_version)
        self._folder = Path(tempfile.mkdtemp(prefix="seatrial-kafka-"))
        port = free_port()
        self.bootstrap = f"{LOOPBACK}:{port}"
        self._settings = self._folder / "server.properties"
        self._settings.write_text(_settings(port, free_port(), self._folder / "data"))
        logging = self._folder / "log4j2.properties"
        logging.write_text(LOGGING)
        java = ["java", "-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        self._java = [*java, f"-Dlog4j2.configurationFile={logging}", "-cp", f"{self._jars}/*"]
        command = [*self._java, "kafka.Kafka", str(self._settings)]
        self._server = Server(command, lambda: accepts(port), self._folder / "output.log")

    def start(self) -> None:
        """Returns once the broker accepts connections: 3 to 5 s."""
        if not (self._folder / "data").exists():
            self._format()
        self._server.start()

    def stop(self) -> None:
        self._server.end(signal.SIGTERM)

    def kill(self) -> None:
        """As a crash: SIGKILL. What was acknowledged is there after `start`.

        A start waits until the controller has given the dead one up: ``broker.session.timeout.ms``, here 1.5 s.
        """
        self._server.end(signal.SIGKILL)

    def restart(self) -> None:
        self.stop()
        self.start()

    def freeze(self) -> None:
        """The broker answers nothing, with its connections open, until `thaw`."""
        self._server.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._server.signal(signal.SIGCONT)

    def close(self) -> None:
        """End the broker and delete its data."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def pid(self) -> int:
        return self._server.pid

    def _format(self) -> None:
        tool = ["kafka.tools.StorageTool", "format", "--standalone", "--ignore-formatted"]
        command = [*self._java, *tool, "-t", CLUSTER, "-c", str(self._settings)]
        done = subprocess.run(  # noqa: S603 - a command of our own
            command, capture_output=True, text=True, check=False
        )
        if done.returncode:
            message = f"Kafka's folder could not be formatted:\n{done.stdout}{done.stderr}"
            raise RuntimeError(message)


class GivenKafka:
    """A broker that someone else runs, at ``SEATRIAL_TEST_KAFKA``."""

    weakens = ""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.version = f"the Kafka at {bootstrap}"

    def close(self) -> None: ...


class StandInKafka:
    """`noida-db`, a Kafka-like broker in one binary, where there is no Java."""

    weakens = (
        "dead members are never evicted, a header that is there twice is lost,"
        " and size limits and durability over SIGKILL are not as in Apache Kafka"
    )

    def __init__(self, binary: str) -> None:
        self.version = f"noida-db {installed_version('noida-db')}, not Apache Kafka"
        self._folder = Path(tempfile.mkdtemp(prefix="seatrial-kafka-"))
        port = free_port()
        self.bootstrap = f"{LOOPBACK}:{port}"
        data = str(self._folder / "data")
        command = [binary, "start", "--only", "kafka", "--kafka-port", str(port), "--data-dir", data]
        self._server = Server(command, lambda: accepts(port), self._folder / "output.log")

    def start(self) -> None:
        self._server.start()

    def close(self) -> None:
        self._server.end(signal.SIGKILL)
        shutil.rmtree(self._folder, ignore_errors=True)


def open_kafka() -> Broker:
    """A running broker: the given one, else the real one, else the stand-in, else `Missing`."""
    if given := os.environ.get("SEATRIAL_TEST_KAFKA"):
        return GivenKafka(given)
    if lacking := [tool for tool in ("java", "mvn") if shutil.which(tool) is None]:
        if binary := shutil.which("noida-db", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"):
            stand_in = StandInKafka(binary)
            stand_in.start()
            return stand_in
        message = (
            f"no {' and no '.join(lacking)} for the real Kafka: install Java 17 and Maven (Debian: apt-get install"
            " openjdk-17-jre-headless maven), or set SEATRIAL_TEST_KAFKA, or pip install noida-db"
        )
        raise Missing(message)
    broker = RealKafka()
    broker.start()
    return broker


def fetch_jars(kafka_version: str) -> Path:
    """The folder with the broker's jars, fetched by Maven into the cache at the first call: 5 to 60 s, 60 MB."""
    folder = CACHE / f"kafka-{kafka_version}"
    folder.mkdir(parents=True, exist_ok=True)
    jars = folder / "jars"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not jars.exists():
            (folder / "pom.xml").write_text(POM.format(kafka=kafka_version, log4j=LOG4J))
            done = subprocess.run(
                ["mvn", "-q", "-B", "package"],  # noqa: S607 - wherever Maven is installed
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                message = f"Maven could not fetch Apache Kafka {kafka_version}:\n{done.stdout[-3_000:]}{done.stderr}"
                raise RuntimeError(message)
            (folder / "fetched").rename(jars)
    return jars


def _settings(port: int, controller: int, data: Path) -> str:
    return f"""
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers={LOOPBACK}:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller}
advertised.listeners=PLAINTEXT://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=1500
auto.create.topics.enable=false
num.network.threads=2
num.io.threads=2
log.cleaner.dedupe.buffer.size=10485760
"""


LOGGING = """
status=error
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d %p %c %m%n
rootLogger.level=warn
rootLogger.appenderRef.console.ref=console
"""

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>seatrial</groupId>
  <artifactId>kafka-for-tests</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{kafka}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId><version>{log4j}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>{log4j}</version>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <groupId>org.apache.maven.plugins</groupId>
        <artifactId>maven-dependency-plugin</artifactId>
        <version>3.8.1</version>
        <executions>
          <execution>
            <phase>package</phase>
            <goals><goal>copy-dependencies</goal></goals>
            <configuration>
              <includeScope>runtime</includeScope>
              <outputDirectory>${{project.basedir}}/fetched</outputDirectory>
            </configuration>
          </execution>
        </executions>
      </plugin>
    </plugins>
  </build>
</project>
"""
