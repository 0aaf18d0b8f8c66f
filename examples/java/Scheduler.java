import static java.lang.foreign.ValueLayout.*;

import java.io.IOException;
import java.lang.foreign.*;
import java.lang.invoke.MethodHandle;
import java.nio.file.*;
import java.util.*;

/**
 * A scheduler's main loop with libspane through the foreign functions of Java 22 and later: ../c/scheduler.c once more, whose output
 * it repeats. VMs arrive and leave, and those that fit nowhere wait in a queue.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED Scheduler.java /usr/local/lib/libspane.so ../data/events.csv best-fit</pre>
 */
final class Scheduler {
    static final int OK = 0, NO_ROOM = 1, NEVER_FITS = 2, NOT_FOUND = -12, ABI_VERSION = 1, SERVERS = 5;
    static final double NODE_CPU = 40, NODE_MEM = 90; // cores and GB on each of the two NUMA nodes of a server

    /** The structs of spane.h, field by field. */
    static final MemoryLayout REQUEST = MemoryLayout.structLayout(JAVA_INT, JAVA_INT, JAVA_DOUBLE, JAVA_DOUBLE, ADDRESS, JAVA_INT,
            JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    static final MemoryLayout POLICY = MemoryLayout.structLayout(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    static final MemoryLayout PLACEMENT = MemoryLayout.structLayout(JAVA_INT, JAVA_INT);
    static final MemorySegment NULL = MemorySegment.NULL;

    /** A VM that waits; its span is 0: above 10 GB over both nodes, the rule of the cluster. */
    record VM(long id, double cpu, double mem, double since) {}

    private final Arena arena;
    private final SymbolLookup library;
    private final Map<String, MethodHandle> functions = new HashMap<>();
    private final MemorySegment cluster, session, request, placement, text, size;
    private final Deque<VM> queue = new ArrayDeque<>(); // first come, first served
    private VM explained;
    private int placed, waited, gaveUp, refused;
    private double usedCPU, totalWait;

    Scheduler(Arena arena, String path, String heuristic) {
        this.arena = arena;
        library = SymbolLookup.libraryLookup(Path.of(path), arena);
        if ((int) call("spane_abi_version", JAVA_INT) != ABI_VERSION) throw new IllegalStateException(path + " has another ABI");
        var handle = arena.allocate(ADDRESS);
        check("spane_cluster_new", NULL, handle);
        cluster = handle.get(ADDRESS, 0);
        check("spane_cluster_add_equal_servers", cluster, NODE_CPU, NODE_MEM, (long) SERVERS, NULL);
        var policy = arena.allocate(POLICY);
        policy.set(JAVA_INT, 0, (int) POLICY.byteSize());
        policy.set(ADDRESS, 8, arena.allocateFrom(heuristic));
        check("spane_session_new", cluster, policy, handle);
        session = handle.get(ADDRESS, 0);
        request = arena.allocate(REQUEST);
        placement = arena.allocate(PLACEMENT);
        text = arena.allocate(1024);
        size = arena.allocate(JAVA_LONG);
    }

    /** Calls a function; the arguments are of the types that its declaration has. `result` is null for none. */
    private Object call(String name, MemoryLayout result, Object... arguments) {
        try {
            return functions.computeIfAbsent(name, key -> {
                var types = Arrays.stream(arguments).map(a -> a instanceof MemorySegment ? ADDRESS : a instanceof Double ? JAVA_DOUBLE
                        : a instanceof Long ? JAVA_LONG : JAVA_INT).toArray(MemoryLayout[]::new);
                var type = result == null ? FunctionDescriptor.ofVoid(types) : FunctionDescriptor.of(result, types);
                return Linker.nativeLinker().downcallHandle(library.find(key).orElseThrow(), type);
            }).invokeWithArguments(arguments);
        } catch (RuntimeException | Error error) {
            throw error;
        } catch (Throwable error) {
            throw new IllegalStateException(name, error);
        }
    }

    /** Calls a function that returns a status; passes on what is no error. */
    private int check(String name, Object... arguments) {
        int status = (int) call(name, JAVA_INT, arguments);
        if (status >= 0 || status == NOT_FOUND) return status;
        throw new IllegalStateException(string((MemorySegment) call("spane_status_name", ADDRESS, status)) + ": "
                + string((MemorySegment) call("spane_last_error", ADDRESS)));
    }

    private static String string(MemorySegment text) {
        return text.reinterpret(Long.MAX_VALUE).getString(0);
    }

    private MemorySegment request(VM vm) {
        request.set(JAVA_INT, 0, (int) REQUEST.byteSize());
        request.set(JAVA_DOUBLE, 8, vm.cpu);
        request.set(JAVA_DOUBLE, 16, vm.mem);
        return request;
    }

    /** Prints why a VM goes nowhere, in one line. */
    private void explain(VM vm, String what) {
        check("spane_session_explain", session, request(vm), NULL, 0L, 0L, 0, text, text.byteSize(), size);
        System.err.printf("scheduler: VM %d %s: %s%n", vm.id, what, text.getString(0));
    }

    /** Whether the VM need not wait: it was placed, or is refused because no server is large enough for it. */
    private boolean tryToPlace(VM vm) {
        switch (check("spane_session_place", session, vm.id, request(vm), placement)) {
            case NO_ROOM -> { return false; }
            case NEVER_FITS -> {
                explain(vm, "is refused");
                refused++;
            }
            default -> { // Here the VM is started on the server and the nodes that `placement` holds.
                placed++;
                usedCPU += vm.cpu;
            }
        }
        return true;
    }

    /** Places those that wait, in order, as long as the first one fits. */
    private void serveQueue(double now) {
        for (VM first; (first = queue.peek()) != null; queue.remove()) {
            int before = placed;
            if (!tryToPlace(first)) {
                if (first != explained) explain(first, "waits");
                explained = first;
                return;
            }
            if (placed == before) continue;
            waited++;
            totalWait += now - first.since;
        }
    }

    private void leave(VM vm) {
        if (queue.removeIf(other -> other.id == vm.id)) gaveUp++; // it has waited for too long
        else if (check("spane_cluster_release", cluster, vm.id, NULL) == OK) usedCPU -= vm.cpu; // else it was refused
    }

    void run(Path events) throws IOException {
        double now = 0, first = 0, busy = 0;
        var lines = Files.readAllLines(events);
        for (int index = 0; index < lines.size() - 1; index++) {
            var fields = lines.get(index + 1).split(",");
            double time = Double.parseDouble(fields[0]);
            if (index == 0) first = now = time;
            busy += usedCPU * (time - now);
            now = time;
            // Server 0 is taken out for maintenance: its VMs go on, and new ones go elsewhere.
            if (index == 1000) check("spane_cluster_cordon", cluster, 0);
            if (index == 1200) check("spane_cluster_uncordon", cluster, 0);
            var vm = new VM(Long.parseUnsignedLong(fields[2]), Double.parseDouble(fields[3]), Double.parseDouble(fields[4]), now);
            if (!fields[1].equals("arrive")) leave(vm);
            else if (!queue.isEmpty() || !tryToPlace(vm)) queue.add(vm);
            serveQueue(now);
        }
        System.out.printf("placed       %d VMs%n", placed);
        System.out.printf("waited       %d VMs, %.0f s on average%n", waited, waited > 0 ? totalWait / waited : 0);
        System.out.printf("gave up      %d VMs%n", gaveUp);
        System.out.printf("refused      %d VMs%n", refused);
        System.out.printf("utilisation  %.1f %% of the cores%n", 100 * busy / (now - first) / (SERVERS * 2 * NODE_CPU));
        call("spane_session_free", null, session);
        call("spane_cluster_free", null, cluster);
    }

    public static void main(String[] arguments) throws IOException {
        Locale.setDefault(Locale.ROOT);
        if (arguments.length != 3) throw new IllegalArgumentException("usage: Scheduler LIBSPANE.so EVENTS.csv HEURISTIC");
        try (var arena = Arena.ofConfined()) {
            new Scheduler(arena, arguments[0], arguments[2]).run(Path.of(arguments[1]));
        }
    }
}
