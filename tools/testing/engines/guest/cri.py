#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""cri.py: what a kubelet says to containerd, over the CRI's socket, for one pod.

Reads commands from standard input, a line each, and answers each with a line:
  pod NAME HANDLER             RunPodSandbox: "pod ID"
  container POD NAME UID BYTES ARG...  CreateContainer, StartContainer: "container ID PID"
  exec CONTAINER ARG...        ExecSync: "exit STATUS OUTPUT"
  stop CONTAINER | remove POD  StopContainer and RemoveContainer; the pod and all in it
An error is "error REASON".  The messages are those of the CRI's runtime.v1."""
import json
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

SOCKET = "unix:///run/containerd/containerd.sock"
# message: field: (number, type), with [] for repeated; a capital names a message.
MESSAGES = {
    "Empty": {},
    "PodSandboxMetadata": {"name": (1, "string"), "uid": (2, "string"), "namespace": (3, "string")},
    "NamespaceOption": {"network": (1, "int32")},
    "LinuxSandboxSecurityContext": {"namespace_options": (1, "NamespaceOption")},
    "LinuxPodSandboxConfig": {"cgroup_parent": (1, "string"),
                              "security_context": (2, "LinuxSandboxSecurityContext")},
    "PodSandboxConfig": {"metadata": (1, "PodSandboxMetadata"), "hostname": (2, "string"),
                         "log_directory": (3, "string"), "linux": (8, "LinuxPodSandboxConfig")},
    "RunPodSandboxRequest": {"config": (1, "PodSandboxConfig"), "runtime_handler": (2, "string")},
    "RunPodSandboxResponse": {"pod_sandbox_id": (1, "string")},
    "PodSandboxRequest": {"pod_sandbox_id": (1, "string")},
    "ContainerMetadata": {"name": (1, "string")},
    "ImageSpec": {"image": (1, "string")},
    "Int64Value": {"value": (1, "int64")},
    "LinuxContainerResources": {"memory_limit_in_bytes": (4, "int64")},
    "LinuxContainerSecurityContext": {"namespace_options": (3, "NamespaceOption"),
                                      "run_as_user": (5, "Int64Value")},
    "LinuxContainerConfig": {"resources": (1, "LinuxContainerResources"),
                             "security_context": (2, "LinuxContainerSecurityContext")},
    "ContainerConfig": {"metadata": (1, "ContainerMetadata"), "image": (2, "ImageSpec"),
                        "command": (3, "[string]"), "log_path": (11, "string"),
                        "linux": (15, "LinuxContainerConfig")},
    "CreateContainerRequest": {"pod_sandbox_id": (1, "string"), "config": (2, "ContainerConfig"),
                               "sandbox_config": (3, "PodSandboxConfig")},
    "CreateContainerResponse": {"container_id": (1, "string")},
    "ContainerRequest": {"container_id": (1, "string")},
    "ContainerStatusRequest": {"container_id": (1, "string"), "verbose": (2, "bool")},
    "InfoEntry": {"key": (1, "string"), "value": (2, "string")},
    "ContainerStatusResponse": {"info": (2, "[InfoEntry]")},
    "ExecSyncRequest": {"container_id": (1, "string"), "cmd": (2, "[string]"),
                        "timeout": (3, "int64")},
    "ExecSyncResponse": {"stdout": (1, "bytes"), "stderr": (2, "bytes"), "exit_code": (3, "int32")},
}
NODE = 2  # NamespaceMode: the network of the node, so no CNI is asked


def messages():
    """{name: class} of MESSAGES."""
    file = descriptor_pb2.FileDescriptorProto(name="cri.proto", package="cri", syntax="proto3")
    kinds = descriptor_pb2.FieldDescriptorProto
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, (number, kind) in fields.items():
            one = kind.strip("[]")
            label = kinds.LABEL_REPEATED if kind != one else kinds.LABEL_OPTIONAL
            if one[0].isupper():
                message.field.add(name=field, number=number, label=label,
                                  type=kinds.TYPE_MESSAGE, type_name=f".cri.{one}")
            else:
                message.field.add(name=field, number=number, label=label,
                                  type=getattr(kinds, f"TYPE_{one.upper()}"))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {name: message_factory.MessageFactory(pool).GetPrototype(
        pool.FindMessageTypeByName(f"cri.{name}")) for name in MESSAGES}


M = messages()
CHANNEL = grpc.insecure_channel(SOCKET)
PODS = {}


def call(method, request, response="Empty"):
    return CHANNEL.unary_unary(f"/runtime.v1.RuntimeService/{method}",
                               request_serializer=lambda m: m.SerializeToString(),
                               response_deserializer=M[response].FromString)(request, timeout=300)


def pod(name, handler):
    linux = M["LinuxPodSandboxConfig"](cgroup_parent="system.slice")
    linux.security_context.namespace_options.network = NODE
    config = M["PodSandboxConfig"](
        metadata=M["PodSandboxMetadata"](name=name, uid=name, namespace="default"),
        log_directory=f"/var/log/pods/{name}", linux=linux)
    request = M["RunPodSandboxRequest"](config=config, runtime_handler=handler)
    answer = call("RunPodSandbox", request, "RunPodSandboxResponse").pod_sandbox_id
    PODS[answer] = config
    return f"pod {answer}"


def pid_of(container):
    request = M["ContainerStatusRequest"](container_id=container, verbose=True)
    status = call("ContainerStatus", request, "ContainerStatusResponse")
    return json.loads({e.key: e.value for e in status.info}["info"])["pid"]


def container(sandbox, name, uid, memory, *args):
    config = M["ContainerConfig"](metadata=M["ContainerMetadata"](name=name), command=args,
                                  image=M["ImageSpec"](image="localhost/box:latest"),
                                  log_path=f"{name}.log")
    config.linux.resources.memory_limit_in_bytes = int(memory)
    config.linux.security_context.run_as_user.value = int(uid)
    config.linux.security_context.namespace_options.network = NODE
    request = M["CreateContainerRequest"](pod_sandbox_id=sandbox, config=config,
                                          sandbox_config=PODS[sandbox])
    made = call("CreateContainer", request, "CreateContainerResponse").container_id
    call("StartContainer", M["ContainerRequest"](container_id=made))
    return f"container {made} {pid_of(made)}"


def execute(where, *args):
    answer = call("ExecSync", M["ExecSyncRequest"](container_id=where, cmd=args, timeout=120),
                  "ExecSyncResponse")
    return f"exit {answer.exit_code} {answer.stdout.decode().strip()}"


def stop(what):
    call("StopContainer", M["ContainerRequest"](container_id=what))
    call("RemoveContainer", M["ContainerRequest"](container_id=what))
    return "stopped"


def remove(what):
    call("StopPodSandbox", M["PodSandboxRequest"](pod_sandbox_id=what))
    call("RemovePodSandbox", M["PodSandboxRequest"](pod_sandbox_id=what))
    return "removed"


def main():
    commands = {"pod": pod, "container": container, "exec": execute, "stop": stop,
                "remove": remove}
    for line in sys.stdin:
        word, *args = line.split()
        try:
            print(commands[word](*args), flush=True)
        except grpc.RpcError as error:
            print("error " + error.details().replace("\n", " "), flush=True)


if __name__ == "__main__":
    main()
