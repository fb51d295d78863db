# Páginas que solo tiene la demostración.
demo-panel-link = Haz que pase algo
demo-title = El mundo de la demostración
demo-lead = Haz que pase algo y mira cómo responden las comunidades. Solo la demostración tiene esta página.
demo-time = Días
demo-day-is = Es el { $day }, día { $n }.
demo-digest = Huella de este día
demo-digest-hint = Dos demostraciones con la misma semilla, en las que se hace lo mismo, muestran cada día la misma huella. Las claves y los identificadores no cuentan: son nuevos cada vez.
demo-step = Un día
demo-pause = Parar los días
demo-run = Dejar pasar los días
demo-speed =
    { $n ->
        [one] Un día dura { $n } segundo.
       *[other] Un día dura { $n } segundos.
    }
demo-speed-set =
    { $n ->
        [one] { $n } segundo por día
       *[other] { $n } segundos por día
    }
demo-crop = Se pierde una cosecha
demo-crop-act = Perder la cosecha
demo-flood = Se inunda una ruta
demo-flood-act = Inundarla
demo-open-act = Abrir de nuevo
demo-plug = Una comunidad se queda sin línea
demo-unplug-act = Desenchufar
demo-plug-in-act = Volver a enchufar
demo-where = Dónde
demo-route = { $from } – { $to }
demo-places = Las páginas de cada comunidad
demo-not-here = Esta página es de la demostración. Se inicia con: koinon demo
demo-unknown-act = La demostración no conoce esta acción. Vuelve atrás y elige otra vez.
demo-over = La demostración está terminando. Iníciala de nuevo para seguir.

story-title = Una decisión
story-decision = { $taker } tiene comida para { $n } días. { $giver } puede dar { $amount } de { $item } y aún le quedan { $keeps } días. ¿Enviarlo?
story-addressed = Tú cuidas los almacenes de { $giver }. Nadie más decide esto por ti.
story-send = Enviarlo
story-send-less = Enviar la mitad
story-not-now = Ahora no
story-nothing = Ahora mismo no hay nada que decidir. Deja pasar unos días o haz que se pierda una cosecha.
story-to-region = Ver toda la región
story-later = { $giver } no da { $item } hasta el { $day } y se busca a otra comunidad. Puede deshacerse en cualquier momento, y a quien le falta sigue en la lista.
story-own = Ahora con tus propios números
story-unknown = Aquí no se conoce esta historia. Empieza de nuevo desde la primera página.
story-refused = El libro de la comunidad no acepta esto ahora. La página del envío dice por qué.
story-step-send = Decidir
story-step-agree = Otra persona está de acuerdo
story-step-answer = La otra parte responde
story-step-load = Cargar
story-step-arrive = Llegar
story-step-sum = Sumar
story-second = { $amount } es mucho, así que otra persona de { $giver } debe estar de acuerdo. Ahora eres { $you }.
story-second-act = Estoy de acuerdo
story-answer = { $giver } ofrece { $amount }. Ahora eres { $you }, de { $taker }, y puedes aceptarlo, aceptar menos o decir que no.
story-answer-act = Sí, gracias
story-load = { $taker } dijo que sí. Ahora eres { $you }, de { $giver }: { $amount } van al camión.
story-load-act = Está cargado y sale
story-arrive = El camión está en { $taker }. Eres { $you } y cuentas los sacos: falta uno, y nadie sabe aún por qué.
story-arrive-act = Anotar lo que llegó
story-missing = Falta un saco. Queda anotado como pendiente, ni olvidado ni escondido.
story-sum-act = ¿Cuadra todo?
story-other = Este envío siguió otro camino. Su página dice cuál.
story-papers = Todos los papeles de este envío
story-sum-title = ¿Cuadra todo?
story-sum-transfer = Este envío
story-sum-region = Toda la región, desde que se abrieron los libros
story-sum-what = Qué
story-sum-amount = Cuánto
story-sum-loaded = Cargado
story-sum-arrived = Llegó
story-sum-open = Aún pendiente
story-sum-lost = Perdido, con motivo
story-sum-came = Entró: cosechas, regalos, existencias iniciales, hallado al contar
story-sum-went = Salió: comido, repartido, estropeado, faltante al contar
story-sum-there = En los almacenes ahora
story-sum-way = En camino o pendiente
story-sum-yes = Sí. Cuadra hasta el último gramo, también el saco que falta.
story-sum-no = No. Algo no cuadra; la página de todos los artículos dice dónde.
story-all-sums = Todos los artículos

own-title = Ahora con tus propios números
own-lead = Dos almacenes, unas líneas, y recibes una primera sugerencia. No se guarda nada.
own-name-a = Primer almacén
own-name-b = Segundo almacén
own-here = Nuestro almacén
own-there = Los vecinos
own-people-a = Personas que viven del primer almacén
own-people-b = Personas que viven del segundo almacén
own-lines = Líneas: qué; en el primero; en el segundo
own-hint = Una línea por cosa. Una cuarta parte dice cuánto gastan los dos al día, si lo sabes.
own-act = ¿Qué sugieres?
own-people-wrong = Escribe un número entero de personas, 1 o más.
own-line-wrong = Línea { $n }, «{ $line }»: { $why }. Escribe por ejemplo: arroz; 1200 kg; 90 kg
own-wrong = Estas líneas no se pudieron leer; las demás cuentan.
own-nothing = Los dos almacenes están más o menos igual. No hace falta mover nada.
own-suggestion = Enviar { $amount } de { $item } de { $giver } a { $taker }: allí dura { $after } días en vez de { $before }, y a { $giver } le quedan { $keeps } días.
own-again = Cambiar los números

relief-title = Desastres pasados
relief-lead = Elige uno y mira qué se enviaría desde dónde, a cuántas personas llega, en cuánto tiempo, y a quién no podría llegar ningún almacén.
relief-none = Este mundo no tiene lista de desastres pasados. Inicia uno que la tenga: koinon demo --world madagascar
relief-unknown = No hay ningún desastre con este número. Elige uno de la lista.
relief-disaster = Número
relief-kind = Qué
relief-day = Cuándo
relief-people = Personas afectadas
relief-one = { $kind }, { $id }
relief-hours = { $n } h
relief-any = Reciben al menos una cosa
relief-all = Reciben todo
relief-last = Lo último llega después de
relief-sent = Qué se enviaría
relief-what = Qué
relief-pieces = Piezas
relief-from = De
relief-to = A
relief-after = Después de
relief-totals = Cada cosa
relief-covered = Personas atendidas
relief-uncovered = Personas sin ningún almacén
relief-lacking = Piezas que faltan
relief-nothing = Ningún almacén tiene algo que llegue a estos lugares.

demo-go = Seguir
demo-going = Un momento
demo-crop-failed = La cosecha de { $place } ha fallado: durante unas semanas entra menos de la mitad, y lo que hay va bajando con los días.
demo-no-line = { $place } no tiene línea: su gente sigue anotando y nadie más se entera.
story-guest = A los invitados no se les muestran cantidades. Elige arriba a alguien para decidir como esa persona.
relief-kind-storm = Tormenta
relief-kind-flood = Inundación
relief-kind-epidemic = Epidemia
relief-kind-drought = Sequía
relief-kind-earthquake = Terremoto
own-line-parts = Escríbelo así: qué; aquí; allí. Separa las tres partes con punto y coma y pon las cantidades.
own-no-plan = Con estos números no se puede calcular; las cantidades son demasiado grandes.
